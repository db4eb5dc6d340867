"""Edits a property list of a made-up backup.

usage: property_lists.py add-apps|damage-app|shorten FILE

add-apps: three apps are installed, as `Info.plist` tells it. damage-app: the metadata of the second is cut short.
shorten: the first record of the use of the network in `addaily` has two fields instead of five.
"""

import plistlib
import sys

word, path = sys.argv[1:]
with open(path, "rb") as file:
    content = plistlib.load(file)
if word == "add-apps":
    for number in range(3):
        metadata = {
            "softwareVersionBundleId": f"com.example.app{number}",
            "itemName": f"App {number}",
            "sourceApp": "com.apple.AppStore",
            "com.apple.iTunesStore.downloadInfo": {"purchaseDate": "2026-05-01T22:30:00Z"},
        }
        packed = plistlib.dumps(metadata, fmt=plistlib.FMT_BINARY)
        content["Applications"][f"com.example.app{number}"] = {"iTunesMetadata": packed}
elif word == "damage-app":
    app = content["Applications"]["com.example.app1"]
    app["iTunesMetadata"] = app["iTunesMetadata"][: len(app["iTunesMetadata"]) // 2]
elif word == "shorten":
    records = content["netUsageBaseline"]
    first = next(iter(records))
    records[first] = records[first][:2]
else:
    sys.exit(__doc__)
with open(path, "wb") as file:
    plistlib.dump(content, file, fmt=plistlib.FMT_BINARY)
