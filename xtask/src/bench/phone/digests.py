"""Tells the SHA-256 of each file in a folder and the folders within, as a JSON map by the files' names.

usage: digests.py FOLDER
"""

import hashlib
import json
import os
import sys

digests = {}
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
json.dump(digests, sys.stdout)
