# English. Keys are sorted by page; a text is a whole sentence or a whole label, never a piece of one.
# `$count` chooses the form of the words, `$number` is the same number as it is read.

frame-skip = Skip to the content
frame-sections = Sections
frame-languages = Languages
frame-caller = Signed in as

section-overview = Overview
section-intel = Intelligence
section-alert = Alerts
section-peer = Allies

label-closed = originator only

list-pages = Pages of the list
list-more = Older ones

column-object = Object
column-label = Handling
column-producer = From
column-added = Added
column-rule = Rule
column-value = Value
column-record = Record
column-noticed = Noticed
column-indicator = Indicator
column-seen-by = Seen by
column-times = Times
column-last-seen = Last seen
column-path = Compared
column-member = Member
column-standing = State
column-pulled = Read up to
column-epoch = Epoch
column-node = Node and key

overview-lead = What an ally sees once, shields every ally.
overview-alerts = Newest alerts
overview-alerts-caption = What our sensors saw last
overview-newest = Newest intelligence
overview-newest-caption = What came in last
overview-sightings = Sightings
overview-sightings-caption = Who saw what an indicator describes
overview-held = Held here
overview-versions = { $count ->
    [one] { $number } version
   *[other] { $number } versions
}
overview-rules = Rules
overview-identity = This node
overview-member = Member
overview-fingerprint = Certificate, SHA-256

ring-title = This node in the middle, its allies around it; the list says the same in words

standing-connected = connected
standing-apart = not reached
standing-suspended = suspended
standing-left = left the accord

rule-active = in force
rule-not-yet-valid = not yet valid
rule-expired = expired
rule-revoked = revoked
rule-duplicate = superseded or doubled
rule-refused = could not be used
rule-none = No rules are loaded.

intel-lead = Everything that you may see here, the newest first.
intel-caption = Objects, the newest first
intel-none = Nothing to show.
intel-revoked = revoked
intel-searched = { $count ->
    [one] One object was looked through; the list goes on with older ones.
   *[other] { $number } objects were looked through; the list goes on with older ones.
}
intel-current = Newest version
intel-earlier = Earlier versions
intel-added = added
intel-text = { $count ->
    [one] Exact text, { $number } byte
   *[other] Exact text, { $number } bytes
}
intel-older = { $count ->
    [one] { $number } older version is not shown.
   *[other] { $number } older versions are not shown.
}
intel-alerts-caption = Where it fired here
intel-sightings-caption = Who saw it

filter-type = Type
filter-any = any
filter-words = Words
filter-apply = Find

alert-lead = Rules that fired on this nation’s own telemetry, the newest first.
alert-caption = Alerts, the newest first
alert-none = No rule has fired.
alert-matched = What was found
alert-matched-caption = The comparisons that were true
alert-rule = The rule
alert-rule-gone = The indicator is no longer held here.
alert-record = The record
alert-happened = Happened
alert-file = File
alert-line = Line
alert-format = Format
alert-language = Language of the rule
alert-stays = The record never leaves this nation.

sighting-none = Nobody has reported a sighting.

peer-lead = The nodes of the other members, and whether they can be reached.
peer-caption = Allies by country
peer-none = No ally has been entered.
peer-epoch-note = The epoch is the ally’s count of changes in what we may see; when it moves, everything is read again.

problem-stranger = Please sign in
problem-stranger-advice = This page needs the name and the secret of a token. The administrator of this node gives them out.
problem-absent = There is nothing here
problem-absent-advice = The address is wrong, or what it names is not for you.
problem-method = This page can only be read
problem-busy = Too much to do
problem-busy-advice = The node is busy. Please try again in a moment.
problem-inside = Something failed here
problem-inside-advice = The reason stands in the node’s log, under the identifier below if there is one.
problem-id = Identifier
