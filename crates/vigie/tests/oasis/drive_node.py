"""Drive a running node with the OASIS client of TAXII 2.1, taxii2-client.

Every function whose name begins with `check_` is one check; the first argument of all is `Node`. Prints one line for
each and ends with status 1 if one fails. What the client itself is known to get wrong (it loops when `more` comes without
`next`, and it sends no limit unless told) is part of the test: a real user has it.

Environment: VIGIE_URL (the node, ending in /), VIGIE_COLLECTION (an id), VIGIE_WRITER, VIGIE_READER and VIGIE_ADDER (secrets
of the tokens `writer`, `reader` and `adder`: both rights, read only, write only).
"""

import itertools
import os
import sys
import traceback
import uuid

import requests
from requests.exceptions import HTTPError
from taxii2client.exceptions import AccessError
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

MEDIA = "application/taxii+json;version=2.1"

# Pages are never fetched more often than this: a client that loops shall fail, not hang.
MOST_PAGES = 200


class Bearer(requests.auth.AuthBase):
    """HTTP Bearer, which the client takes as any authentication of requests."""

    def __init__(self, secret):
        self.secret = secret

    def __call__(self, request):
        request.headers["Authorization"] = "Bearer " + self.secret
        return request


class Node:
    """The node under test, as one token sees it."""

    def __init__(self, user):
        self.url = os.environ["VIGIE_URL"]
        self.secret = os.environ["VIGIE_" + user.upper()]
        self.user = user

    def server(self):
        return Server(self.url + "taxii2/", user=self.user, password=self.secret)

    def collection(self):
        wanted = os.environ["VIGIE_COLLECTION"]
        return next(it for it in self.server().default.collections if it.id == wanted)


def indicator(number, version=0, **more):
    """An indicator of our own making, in a version of its own."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, "https://vigie.example/%s" % number)
    created = "2026-01-01T00:00:00.000Z"
    modified = "2026-01-01T00:00:%02d.000Z" % version
    return {
        "type": "indicator",
        "spec_version": "2.1",
        # STIX asks for version 4 of UUIDs: these bits say so.
        "id": "indicator--%s" % uuid.UUID(int=name.int, version=4),
        "created": created,
        "modified": modified,
        "pattern": "[domain-name:value = 'host-%s.example']" % number,
        "pattern_type": "stix",
        "valid_from": created,
        **more,
    }


def address(value):
    """An observable, whose identifier follows from its value."""
    namespace = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
    name = uuid.uuid5(namespace, '{"value":"%s"}' % value)
    return {"type": "ipv4-addr", "spec_version": "2.1", "id": "ipv4-addr--%s" % name, "value": value}


def every(function, per_request, **query):
    """All records of all pages."""
    pages = itertools.islice(as_pages(function, per_request=per_request, **query), MOST_PAGES)
    return [record for page in pages for record in page.get("objects", [])]


def same(got, want):
    assert got == want, "\n   got: %r\nwanted: %r" % (got, want)


def status_of(call):
    """The status of the answer that makes the client raise."""
    try:
        call()
    except HTTPError as error:
        return error.response.status_code
    return None


def check_discovery(node):
    server = node.server()
    assert server.title
    same(server.default.url in [it.url for it in server.api_roots], True)


def check_api_root(node):
    root = node.server().default
    same(root.versions, [MEDIA])
    assert root.max_content_length > 0


def check_rights_are_those_of_the_token(node):
    same((node.collection().can_read, node.collection().can_write), (True, True))
    reader = Node("reader").collection()
    same((reader.can_read, reader.can_write), (True, False))
    adder = Node("adder").collection()
    same((adder.can_read, adder.can_write), (False, True))


def check_an_empty_collection_is_an_empty_page(node):
    same(node.collection().get_objects(), {})
    same(node.collection().get_manifest(), {})


def check_objects_are_added_and_got_back(node):
    objects = [indicator(number) for number in range(250)] + [address("198.51.100.3")]
    status = node.collection().add_objects({"objects": objects})
    same((status.status, status.total_count, status.success_count), ("complete", 251, 251))
    same((status.failure_count, status.pending_count), (0, 0))
    same(every(node.collection().get_objects, 1000), objects)


def check_adding_again_is_no_error(node):
    status = node.collection().add_objects({"objects": [indicator(0), indicator(1)]})
    same((status.status, status.success_count, status.failure_count), ("complete", 2, 0))
    same(len(every(node.collection().get_objects, 1000)), 251)


def check_a_status_can_be_asked_for_again(node):
    status = node.collection().add_objects({"objects": [indicator(0)]}, wait_for_completion=False)
    status.refresh()
    same(status.status, "complete")
    same([it["id"] for it in status.successes], [indicator(0)["id"]])


def check_pages_bring_everything_once(node):
    for get in (node.collection().get_objects, node.collection().get_manifest):
        whole = [it["id"] for it in every(get, 1000)]
        same(len(whole), len(set(whole)))
        for per_request in (7, 50, 250, 251):
            same([it["id"] for it in every(get, per_request)], whole)
        # Without a limit, as the client does unless told.
        same([it["id"] for it in every(get, 0)], whole)


def check_pages_of_what_was_added_after(node):
    records = every(node.collection().get_manifest, 1000)
    begin = records[99]["date_added"]
    later = every(node.collection().get_objects, 40, added_after=begin)
    same([it["id"] for it in later], [it["id"] for it in records[100:]])
    same(node.collection().get_objects(added_after=records[-1]["date_added"]), {})


def check_objects_are_found_by_id_and_type(node):
    get = node.collection().get_objects
    wanted = [indicator(3)["id"], indicator(8)["id"]]
    same([it["id"] for it in get(id=wanted)["objects"]], wanted)
    same(get(type="ipv4-addr")["objects"], [address("198.51.100.3")])
    same(get(type=["ipv4-addr", "malware"])["objects"], [address("198.51.100.3")])
    same(get(type="malware"), {})
    same(get(spec_version="2.0"), {})
    same(len(get(spec_version=["2.0", "2.1"], id=wanted)["objects"]), 2)


def check_versions(node):
    collection = node.collection()
    one = indicator("versions")
    versions = [indicator("versions", number, **({"name": "v%d" % number})) for number in (0, 1, 2)]
    collection.add_objects({"objects": versions})
    dates = [it["modified"] for it in versions]
    same(collection.object_versions(one["id"])["versions"], dates)
    get = collection.get_object
    same(get(one["id"])["objects"], versions[2:])
    same(get(one["id"], version="first")["objects"], versions[:1])
    same(get(one["id"], version="all")["objects"], versions)
    same(get(one["id"], version=dates[1])["objects"], versions[1:2])
    same(get(one["id"], version=["first", dates[1], "last"])["objects"], versions)
    same(len(collection.get_manifest(id=one["id"], version="all")["objects"]), 3)
    same([it["version"] for it in collection.get_manifest(id=one["id"])["objects"]], dates[2:])


def check_one_bad_object_costs_only_itself(node):
    bad = dict(indicator("bad"), id="indicator--not-a-uuid")
    status = node.collection().add_objects({"objects": [indicator("good"), bad]})
    same((status.success_count, status.failure_count), (1, 1))
    same([it["id"] for it in status.failures], [bad["id"]])
    assert status.failures[0]["message"]


def check_other_content_in_the_same_version_is_not_taken(node):
    status = node.collection().add_objects({"objects": [indicator(0, name="forged")]})
    same(status.success_count, 0)
    same(node.collection().get_object(indicator(0)["id"])["objects"], [indicator(0)])


def check_a_deleted_object_is_gone(node):
    collection = node.collection()
    collection.delete_object(indicator(5)["id"])
    same(status_of(lambda: collection.get_object(indicator(5)["id"])), 404)
    same(status_of(lambda: collection.object_versions(indicator(5)["id"])), 404)
    assert indicator(5)["id"] not in [it["id"] for it in every(collection.get_manifest, 100)]


def check_nothing_without_rights(node):
    reader, adder = Node("reader").collection(), Node("adder").collection()
    for refused in (lambda: reader.add_objects({"objects": [indicator("no")]}), lambda: adder.get_objects()):
        try:
            refused()
            raise AssertionError("the client lets it pass")
        except AccessError:
            pass
    # The client looks before it asks; the node must not rely on that.
    headers = {"Accept": MEDIA, "Content-Type": MEDIA}
    url = reader.objects_url
    auth = ("reader", Node("reader").secret)
    assert requests.post(url, data=b'{"objects":[]}', headers=headers, auth=auth).status_code in (403, 404)
    assert requests.get(url, headers=headers, auth=("adder", Node("adder").secret)).status_code in (403, 404)
    assert requests.delete(url + indicator(0)["id"] + "/", headers=headers, auth=auth).status_code in (403, 404)


def check_a_wrong_secret_is_401(node):
    same(status_of(lambda: Server(node.url + "taxii2/", user="writer", password="wrong").title), 401)
    same(status_of(lambda: Server(node.url + "taxii2/", user="nobody", password=node.secret).title), 401)


def check_what_does_not_exist_is_404(node):
    collection = node.collection()
    same(status_of(lambda: collection.get_object(indicator("never")["id"])), 404)
    other = collection.url.replace(collection.id, str(uuid.uuid4()))
    absent = Collection(other, user=node.user, password=node.secret)
    same(status_of(lambda: absent.refresh()), 404)


def check_bearer(node):
    root = ApiRoot(node.server().default.url, auth=Bearer(node.secret))
    assert os.environ["VIGIE_COLLECTION"] in [it.id for it in root.collections]


def check_a_bad_query_is_400(node):
    collection = node.collection()
    for query in ({"added_after": "garbage"}, {"limit": "-1"}, {"version": "2016"}, {"next": "made-up"}):
        same((query, status_of(lambda: collection.get_objects(**query))), (query, 400))


def main():
    failed = 0
    node = Node("writer")
    checks = [it for name, it in globals().items() if name.startswith("check_")]
    for check in checks:
        name = check.__name__.removeprefix("check_").replace("_", " ")
        try:
            check(node)
            print("ok      " + name)
        except Exception:
            failed += 1
            print("FAILED  " + name)
            traceback.print_exc(file=sys.stdout)
    print("%d checks, %d failed" % (len(checks), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
