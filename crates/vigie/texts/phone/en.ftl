# The report of a phone check, English. The first part is read aloud to the owner: short sentences, no jargon.
# No text may say that a phone is well; a test looks for such words. What came from the phone never stands in a text.

title = Phone check
for-owner = For the owner of the phone
for-analyst = Annex for the analyst
languages = This report in other languages

verdict-traces-found = Traces of spyware were found.
verdict-traces-found-more = The phone shows what a known attack, or the attempt at one, leaves behind. This page says what, when and how sure that is.
verdict-needs-expert = An expert should look at this phone.
verdict-needs-expert-more = Something was found that may have a harmless cause, or a part of the evidence could not be read. Only an expert can say which.
verdict-nothing-found = Nothing was found in what could be read.
verdict-nothing-found-more = None of the known traces was in the parts that could be read. New spyware may leave traces that nobody knows yet.
rechecked = The phone was not read again. What it showed at an earlier check was compared with the indicators of today.

what = What was found
when = When
matters = Why it matters
sure = How sure is this
now = What to do now
call = Whom to call
none = No known trace was met.
more = { $count ->
    [one] One more stands in the annex.
   *[other] { $number } more stand in the annex.
}
not-dated = The phone does not say when.
unread = { $count ->
    [one] One part of the phone’s data could not be read to its end. It is named in the annex.
   *[other] { $number } parts of the phone’s data could not be read to their end. They are named in the annex.
}
limits = No check can prove that a phone is free of spyware. This one compares what the phone keeps with what is known of earlier attacks.

grade-trace = Trace
grade-trace-means = an attack, or the attempt, leaves this and hardly anything else does
grade-suspicion = Suspicion
grade-suspicion-means = an attack would look so, and something harmless may; an expert must look
grade-note = Note
grade-note-means = good to know; alone it says nothing of an attack

now-traces-found-1 = Do not delete anything, do not reset or update the phone, and do not restart it: that destroys evidence.
now-traces-found-2 = Speak about this from another phone, not near this one. Use another device for what is confidential.
now-traces-found-3 = Call one of those named below today. Keep this report and the evidence.
now-needs-expert-1 = Do not delete anything and do not reset the phone before an expert has looked.
now-needs-expert-2 = Show this report to one of those named below. A second collection of evidence may be needed.
now-nothing-found-1 = Install updates as soon as they come, and restart the phone often.
now-nothing-found-2 = If you may be a target, switch on Lockdown Mode (iPhone) or Advanced Protection (Android).
now-nothing-found-3 = Come back when you receive a warning from Apple, Google or WhatsApp, or a strange link.
call-who = Those who made this check; your nation’s CERT; for journalists, lawyers and human-rights defenders also the Digital Security Helpline of Access Now, help@accessnow.org.

reason-in-message = An address that attackers used stands in a message. That is an attempt; whether it succeeded, this alone does not say.
else-in-message = somebody may have passed the link on as a warning, or quoted a report
reason-by-owner = The phone’s own owner sent the message: the address was passed on from here.
reason-visited = An address that attackers used was opened in a browser.
else-visited = somebody may have opened it out of curiosity after reading a report
reason-by-redirect = The browser was sent there, or on from there, within a second. Nobody types that fast: a page or somebody on the network did it.
reason-typed = The owner typed the address or chose it. Attacks do not wait for that.
reason-site-data = The browser keeps something of an address that attackers used.
else-site-data = a page of somebody else may have asked for it, without the owner opening it
reason-connected = The phone asked for an address that attackers used, or connected to it.
else-connected = an app that looks at links in advance, or a security app, may have asked for it
reason-vendor-site = It is the public site of a company that makes such tools. Reading it infects nobody.
reason-shared-address = It is a number of the network. Such numbers pass from one user to another.
reason-acquainted = An address that attackers used stands among the phone’s contacts, calls or conversations.
else-acquainted = people save the addresses of those who write to them, also to block them
reason-attacker-account = The phone’s own services met an account that attackers used. Nobody meets it by chance.
else-attacker-account = somebody may have written to that account on purpose, to investigate it
reason-ran = A program ran on the phone that bears the name of known spyware.
else-ran = another program may bear the same name
reason-bundle-beside = Beside the name stands the identifier of an app. Anybody may name an app so, and spyware seldom has one.
reason-cut-name = The phone keeps only the first 16 characters of the name. Another program may begin with the same.
reason-file-there = A file or folder lies where known spyware puts it.
else-file-there = a tool that looks for spyware may have written it
reason-name-only = A file has the name of one of known spyware, and lies elsewhere.
else-name-only = other files may bear the same name
reason-same-bytes = A file, or the signature of an app, is the same as that of known spyware, byte by byte.
else-same-bytes = the owner may have kept a sample on purpose
reason-app-there = An app that is known as spyware is on the phone, or was.
else-app-there = somebody who may administer the phone may have installed it openly
reason-profile-there = A configuration profile that attackers used is on the phone, or was.
else-profile-there = no harmless cause is known
reason-property-set = The phone has a setting that known spyware makes.
else-property-set = a maker or an altered system may use the same name
reason-described = Something is on the phone that the indicator describes.
else-described = the indicator may describe harmless things too
reason-several = Several records together are what the indicator describes.
else-several = each of them alone may be harmless
reason-too-generic = Nearly every phone has this value. The indicator is too general to say anything.
reason-expired = The indicator’s time was over when this happened. The address or name may have passed to somebody else.
reason-low-confidence = The indicator’s own maker is not sure of it.
reason-two-artefacts = Another part of the phone shows another trace within the same hour. Two that agree say more than one.
reason-sign = No indicator was met. It is a fact that attackers leave behind, and harmless people too.

findings = Findings
left = { $count ->
    [one] One more stands in findings.jsonl.
   *[other] { $number } more stand in findings.jsonl.
}
grade = Grade
time = Time (UTC)
where = Where
value = Value
line = Matching line
indicator = Indicator
why = Why
else = What else would explain it
published = Published
source = Source
timeline = Timeline of findings
timeline-means = One mark for each dated finding; the gravest on top. The file timeline.jsonl has every moment of every record.
timeline-none = No finding has a date.
completeness = What was read, and what was not
artefact = Part
file = File
state = State
records = Records
reason = Why not
state-present = present
state-absent = absent
state-unreadable = unreadable
state-partial = partial
state-not-in-this-kind = not in this kind of evidence
absent-summed = { $count ->
    [one] One part is not in this kind of evidence; completeness.json names it.
   *[other] { $number } parts are not in this kind of evidence; completeness.json names them.
}
sources = Where the indicators come from
indicates = Indicates
creator = Made by
references = References
indicators = Indicators
quality = Quality of the indicators
quality-repeated = ask for the same as another
quality-not-usable-here = ask for what no phone’s evidence shows
quality-too-generic = are too general; what they meet is a note at most
quality-expired = are past their time
quality-revoked = were taken back by their makers, and not used
quality-refused = could not be read, and were not used
consent = Consent
consent-owner = Owner
consent-purpose = Purpose
consent-scope = Scope
consent-retention = Kept
consent-date = Date
consent-extract = Extract for later indicators
extract-agreed = agreed
extract-not-agreed = not agreed
extract-written = agreed; it is extract.age, encrypted
custody = Custody
custody-kind = Kind of evidence
custody-files = Files
custody-bytes = Bytes
custody-hash = SHA-256 over the list of the evidence’s files
custody-checked = Day of the check whose extract was compared
custody-extract = SHA-256 of the extract
custody-signer = Signed with the key of
custody-run = a key made for this run only
custody-note = manifest.json has the SHA-256 of every file of the evidence and of every output; manifest.json.sig is its signature.
certainty-exact = exact
certainty-day = that day
certainty-zoned = from local time
certainty-local = local time, zone unknown

# Where something stands, for those who do not know names of files.
place-messages = in a message
place-attachments = among the pictures and files that came with messages
place-visited = in the list of visited pages
place-tabs = among the pages that a browser keeps open
place-site-data = in what browsers and apps keep of pages
place-links = in the list of sites whose links apps open
place-calls = in the list of calls
place-contacts = among the contacts
place-exchanges = in the list of those in touch with the phone
place-accounts = among the accounts that the phone’s services looked up
place-calendar = in the calendar
place-apps = in the list of apps
place-profiles = among the configuration profiles
place-settings = in the phone’s settings
place-permissions = in the list of what apps may do
place-programs = in the list of programs that were running
place-usage = in the count of what programs used
place-crashes = in the report of a crash
place-shutdowns = in the log of shutdowns
place-files = in the list of files
place-storage = in the list of the phone’s storage
place-network = in the list of what the phone connected to
place-shortcuts = in a shortcut
place-logs = in the phone’s own logs
place-phone = in what the phone says of itself
