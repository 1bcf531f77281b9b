## Words of the screens. Both files have the same keys; a test checks it.

## The house
brand = Fengsui
brand-line = Cybersecurity emergency response
skip = Skip to content
all = All
print = Print
save = Save
cancel = Cancel
back = Back
open = Open
show = View
edit = Edit
add = Add
remove = Remove
confirm = Confirm
none = None
unknown = Unknown
yes = Yes
no = No
theme-night = Night theme
theme-light = Light theme
theme-system = System theme
palette = Go to or search
palette-find = Search for “{ $t }”
palette-hint = Ctrl-K to go anywhere
exercise = Exercise
exercise-banner = EXERCISE 演习 · { $name } · nothing on this page is real
live-stale = This has changed. Nothing was replaced because you are typing.
live-reload = Load again
live-lost = The live connection is lost and being restored; what you see may be out of date.
foot-drawn = Page as of
foot-clock = Clock
foot-drift = Drift
foot-backup = Last backup
foot-dispatch = Dispatch lag
foot-journal = Journal position
foot-clock-system = System clock
foot-clock-ntp = Time server
foot-backup-never = Never
foot-version = Version

## Places
nav-main = Main
nav-trail = You are here
nav-desk = Desk
nav-hotline = Hotline
nav-reports = Reports
nav-incidents = Incidents
nav-organisations = Organisations
nav-my-organisation = My organisation
nav-plans = Plans
nav-search = Search
nav-journal = Journal
nav-admin = Admin
nav-accounts = Accounts
nav-roles = Role bindings
nav-report = Report an incident
nav-look-up = Look up a receipt
nav-sign-in = Sign in

## Times
time-left = { $t } left
time-over = { $t } overdue
time-since = T+{ $t }
time-ago = { $t } ago
time-d = { $t } d
time-h = { $t } h
time-m = { $t } min
time-s = { $t } s
time-happened = Happened
time-recorded = Entered
time-entered-late = entered { $t }
time-happened-hint = When it actually happened. If you enter it afterwards, give the time it happened.

## Due chips and duties
due-at-once = At once · { $t } passed
due-no-time = No time in the text
due-overdue = Overdue
due = Due
duty = Duty
duties = Duties
duty-table = List of duties
duty-none = No duties at present.
duty-what = What
duty-route = From, to
duty-due = Due
duty-state = State
duty-why = Why
duty-act = Act
duty-from-to = { $from } → { $to }
duty-slot = No. { $n }
duty-also = by the text { $t }
duty-anchor = counted from { $anchor } at { $t }
duty-anchor-assumed = counted from { $anchor } at { $t } (assumed: the text names no start)
duty-elapsed = took { $t }
duty-record-done = Record as done
duty-waive = Waive
duty-clear-miss = Confirm and clear the miss
duty-clear-miss-other = Another person must confirm
duty-state-pending = To do
duty-state-done = Done
duty-state-done-recorded-late = Done, recorded late
duty-state-late = Late
duty-state-missed = Missed
duty-state-waived = Waived
duty-state-superseded = Superseded
duty-state-elapsed = Done
duty-kind-within = Within a time
duty-kind-immediate = At once
duty-kind-simultaneous = At the same time
duty-kind-recurring = Recurring
duty-kind-continuing = Continuing
duty-kind-on-request = On request
duty-kind-undefined = No time in the text
anchor-occurred = occurrence
anchor-discovered = discovery
anchor-informed = being informed
anchor-aware = awareness
anchor-received = taken in
anchor-judged = level judged
anchor-issued = issue
anchor-ended = end
channel-oral = Oral
channel-written = Written
channel-any = Either way
channel-telephone = Telephone
channel-web = Web form
channel-mail = Mail
channel-fax = Fax
channel-api = API
channel-in-person = In person
channel = Channel

## Levels and grade
level = Level
level-i = extremely major 特别重大
level-ii = major 重大
level-iii = considerable 较大
level-iv = ordinary 一般
level-none = no level
level-computed = computed
level-possible = possible
level-decided = decided
grade = Grade
grade-decided = Decided
grade-computed = Computed
grade-undecided = Not decided yet
grade-up-to = up to
grade-because = Because
grade-ask = Still to find out
grade-decided-by = by { $who }, { $t }
grade-if = if { $fact }: { $level }
grade-differs = The decision differs from the computed level because: { $reason }
grade-presumed = Presumed from what is known
grade-hand-over = Part of this belongs to another plan: { $plan }
grade-judge = Judge the level
grade-propose = Propose a level
grade-agree = Agree to this level
grade-joint = to be decided jointly by { $who }
grade-waiting-for = { $done } has agreed; waiting for { $open }
fact = Fact
facts = Facts
fact-value = Value
fact-range = { $from } to { $to }
fact-at-least = at least { $from }
fact-at-most = at most { $to }
fact-said-by = Said by
fact-ground = Ground
fact-observed = Observed
fact-forecast = Forecast
fact-record = Enter a fact
fact-needs = needs { $needs }, { $margin } away
fact-contradicts = Contradicts what was said before
facts-none = No facts yet.

## Clauses and authority
clause-why = Why: clause
clause-official = Official wording
clause-evidence = Evidence
clause-anchor = Counted from
clause-facts = Facts used
clause-open = Read it in the plan
evidence-official = official text
evidence-secondary = secondary account
evidence-unverified = unverified
authority = Authority
authority-act = Act
authority-who = Who may
authority-you = you
authority-undefined = not defined in the text; local policy applies
authority-none = Nothing is laid down for this level.

## Desk
desk-next = Due next
desk-nothing-due = Nothing is due
desk-due = Due after that
desk-due-none = Nothing else is due.
desk-waiting = Waiting for me
desk-waiting-none = Nothing waits for you.
desk-instructions = Leaders' instructions
desk-instructions-none = No open instructions.
desk-incidents = Running incidents
desk-incidents-none = No running incidents.
desk-warnings = Warnings in force
desk-log = Duty log
desk-log-none = Nothing in the log yet.
desk-accept-oldest = Take the oldest report
desk-record-call = Record a call

## Reports
reports = Reports
reports-lead = Not yet accepted, oldest promise first
reports-open = To be decided
reports-accepted = Accepted
reports-declined = Declined
reports-all = All
reports-none = No reports to be decided.
reports-count = { $n ->
    [one] { $n } report
   *[other] { $n } reports
    }
reports-duplicates = Likely the same incident
reports-search = Find reports by number, organisation, content
report = Report
report-number = Number
report-from = Reporter
report-organisation = Incident unit
report-about = About
report-received = Taken in
report-received-by = Taken in by
report-told = What was reported
report-words = In the reporter's words
report-attachments = Attachments
report-attachments-none = No attachments.
report-attachment-text = { $size } · not checked; open it in isolation
report-unread = Unread
report-anonymous = Anonymous
report-state-received = Received
report-state-taken-in = Taken in
report-state-accepted = Accepted
report-state-declined = Declined
report-state-joined = Joined
report-state-split = Split
report-state-reopened = Reopened
report-state-result-given = Result given
report-accept = Accept and open an incident
report-accept-lead = An incident is opened; the duties pass to it unchanged.
report-take-in = Take in
report-take-in-lead = This starts clocks.
report-decline = Decline
report-decline-reason = Reason (the reporter will read it)
report-join = Join to an incident
report-join-which = Which incident
report-split = Split
report-keep-apart = Not the same
report-ask = Ask the reporter
report-question = Question
report-reopen = Reopen
report-give-result = Tell the result
report-class = Class
report-class-hint = by GB/Z 20986-2007
report-title = Name of the incident
report-accepted-by = already accepted by { $who } at { $t }

## Calls
call-record = Record an oral report
call-lead = A call is a report: it counts from the time of the call.
call-caller = Caller
call-callee = Taken by
call-caller-telephone = Caller's telephone
call-at = Time of the call
call-to = Reported to
call-summary = What was said
call-needs-confirmation = Entered afterwards: another person must confirm
call-confirm = Confirm this call
call-reason-late = Reason for being late

## Incident
incident = Incident
incidents = Incidents
incidents-none = No incidents.
incidents-search = Find incidents by number, organisation, name
incident-number = Number
incident-level = Level
incident-state = State
incident-elapsed = Elapsed
incident-people = People
incident-handler = Handler
incident-approver = Approver
incident-lead-plan = Lead plan
incident-organisations = Organisations
incident-tabs = Parts of the incident
incident-tab-overview = Overview
incident-tab-facts = Facts
incident-tab-organisations = Organisations
incident-tab-response = Response
incident-tab-documents = Documents
incident-tab-review = Review
incident-tab-file = Case file
incident-state-open = Open
incident-state-handling = Being handled
incident-state-response-ended = Response ended
incident-state-under-review = Under review
incident-state-closed = Closed
incident-state-reopened = Reopened
incident-state-handed-over = Handed over
story = Story
story-none = Nothing has happened yet.
acts = What you can do
acts-none = There is nothing for you to do here now.
incident-add-organisation = Add an organisation
incident-set-anchor = Correct an anchor
incident-classify = Classify
incident-supplement = Supplement
incident-start-response = Start the response
incident-end-response = End the response
incident-end-response-lead = Decided by whoever may, once the threat is gone or under control.
incident-close = Close
incident-close-blocked = Something open stands in the way of closing
incident-reopen = Reopen
incident-hand-over = Hand over a part
incident-not-report = Decide not to report
incident-remark = Add a remark
incident-remark-text = Remark
incident-inform-leaders = Report to city leaders

## Response, approval
response = Response
response-first = First response
response-first-running = First response is running
response-proposal = Handling proposal
response-proposal-text = Proposal
response-submit = Submit the proposal
response-implement = Begin to implement
response-measures = Measures
response-measure-contain = Contain
response-measure-mitigate = Mitigate
response-measure-trace = Trace
response-measure-eradicate = Eradicate and recover
response-level = Response level
approval = Approval
approval-submitted-by = submitted by { $who } at { $t }
approval-approve = Approve
approval-reject = Reject
approval-reason = Opinion
approval-state-submitted = To be approved
approval-state-approved = Approved
approval-state-rejected = Rejected
approval-state-unconfirmed = Approved, to be confirmed
approval-on-behalf = Record an approval on behalf of a leader
approval-on-behalf-of = Approved by
approval-on-behalf-how = How it was given
approval-read-back = This was read back to the approver, who confirmed it
approval-confirm = Confirm that I approved this
approval-own = Nobody approves what they submitted
approval-before-implementation = To be approved before it is carried out

## Documents
document = Document
documents = Documents
documents-none = No documents.
document-first-report = First report
document-follow-up = Follow-up report
document-final = Final report
document-supplement = Supplementary report
document-number = Document number
document-addressees = Addressees
document-copies = Copies to
document-signatory = Signatory
document-urgency = Urgency
document-urgency-top = Top urgent
document-urgency-urgent = Urgent
document-title = Title
document-body = Body
document-date = Date
document-contact = Contact and telephone
document-prepare = Prepare a report
document-send = Send and record
document-sent = Sent
document-kept = The sent text is kept as it was
document-unverified = unverified
document-draft = Draft
document-print = Print the document
document-chinese = Official documents are in Chinese

## Reaching others
send-title = { $n ->
    [one] This goes to { $n } recipient
   *[other] This goes to { $n } recipients
    }
send-agree = I have checked what goes to whom
reach-sent = Sent
reach-delivered = Delivered
reach-seen = Seen
reach-acknowledged = Acknowledged
reach-answered = Answered
reach-acting = Acting
reach-failed = Failed
reach-uncertain = Uncertain
reach-silent = Silent for { $t }

## Review
review = Review
review-start = Begin the review
review-findings = Findings
review-lessons = Lessons
review-rectification = Rectification
review-finish = Finish the review
review-none = No review yet.

## Organisations
organisations = Organisations
organisations-none = No organisations found.
organisations-search = Find by name, district, sector
organisations-count = { $n ->
    [one] { $n } organisation
   *[other] { $n } organisations
    }
organisation = Organisation
organisation-name = Name
organisation-name-en = Name in English
organisation-parent = Parent
organisation-district = District
organisation-sector = Sector
organisation-kind = Kind
organisation-kind-authority = Authority
organisation-kind-district = District
organisation-kind-unit = Unit
organisation-kind-key-unit = Key unit
organisation-kind-cii = Critical infrastructure operator
organisation-kind-support = Support team
organisation-kind-office = Office
organisation-responsible = Responsible person
organisation-contacts = Contacts
organisation-contact-name = Name
organisation-contact-post = Post
organisation-telephone = 24 h telephone
organisation-mail = Mail
organisation-systems = Systems
organisation-system-name = System
organisation-system-importance = Importance
organisation-valid-from = Valid from
organisation-valid-until = Valid until
organisation-register = Register an organisation
organisation-change = Change the entry
organisation-end = End the entry
organisation-import = Import a list
organisation-import-file = CSV file
organisation-import-dry = Try only; write nothing
organisation-import-result = { $added } new, { $changed } changed, { $wrong } with mistakes
organisation-import-line = Line { $n }
organisation-duties-kept = Duties kept and missed
importance-ordinary = Ordinary
importance-important = Important
importance-critical = Critical infrastructure

## My organisation
my-lead = What we owe, to whom, by when
my-owe = What we owe
my-nothing-due = Nothing is owed
my-reports = Our reports and incidents
my-reports-none = No reports.
my-questions = Questions put to us
my-questions-none = No open questions.
my-about = What is registered about us
my-report = Report an incident
my-answer = Answer

## Plans
plans = Plans
plans-lead = Plans are data: the program carries them out clause by clause
plans-none = No plan has been adopted.
plan = Plan
plan-title = Title
plan-edition = Edition
plan-issuer = Issuer
plan-in-force = In force
plan-hash = Hash
plan-state-adopted = Adopted
plan-state-shipped = Shipped, not adopted
plan-state-replaced = Replaced
plan-adopt = Adopt
plan-check = Check
plan-check-passed = Passed
plan-check-errors = { $n ->
    [one] { $n } error
   *[other] { $n } errors
    }
plan-about = About
plan-clauses = Clauses
plan-does = What the program will do
plan-does-nothing = Nothing follows automatically.
plan-policies = What the text leaves open, and the local policy
plan-policy = Policy
plan-policy-open = What is open
plan-policy-value = Filled here with
plans-unbound = Roles bound to nobody
plans-unbound-none = Every role is bound.
role = Role
role-bind = Bind a role
role-bound-to = Bound to

## Search
search = Search
search-label = Search reports, incidents, organisations
search-nothing = Nothing found for “{ $q }”.
search-ask = Type a number, a name, or words of the content.
pages = Pages
pages-said = { $first }–{ $last } of { $total }
pages-previous = Previous
pages-next = Next

## Sign-in, accounts
sign-in = Sign in
sign-in-lead = For duty officers and liaisons of organisations.
sign-in-name = Account
sign-in-password = Password
sign-in-wrong = The account or the password is wrong.
sign-in-locked = Too many attempts. Try again after { $t } or ask an administrator.
sign-in-expired = Your session has ended. Sign in again; what you typed is still here.
sign-in-report = Report an incident without signing in
sign-out = Sign out
signed-out = You have signed out.
password-change = Change the password
password-current = Current password
password-next = New password
password-repeat = New password again
password-rule = At least 12 characters.
password-differs = The two passwords differ.
accounts = Accounts
accounts-none = No accounts.
account = Account
account-name = Account name
account-person = Person
account-organisation = Organisation
account-capacities = Capacities
account-roles = Roles of the plan
account-state = State
account-state-active = Active
account-state-locked = Locked
account-state-ended = Ended
account-create = New account
account-unlock = Unlock
account-end = End
account-reset-password = Reset the password
account-initial-password = The first password, shown only once: { $password }
account-last-sign-in = Last sign-in
capacity-officer = Duty officer
capacity-leader = Leader
capacity-registrar = Registrar
capacity-plan-officer = Plan officer
capacity-liaison = Liaison
capacity-auditor = Auditor
capacity-administrator = Administrator
tokens = API tokens
token-create = New token
token-shown-once = The token is shown only once

## The public
public-report = Report a cybersecurity incident
public-report-lead = You get a receipt at once. In an emergency also call the duty room.
public-classified = Classified material does not belong here
public-classified-text = Send state secrets by the channels made for them. Do not upload classified files here.
public-organisation = Organisation concerned
public-organisation-hint = Its full name, or the name you know.
public-discovered = Discovered
public-discovered-hint = When it was noticed, not when you fill this in.
public-occurred = Occurred
public-what = What happened
public-what-hint = What you saw, what is affected, what has been done.
public-kind = Kind of incident
public-kind-unknown = I do not know
public-threat = Threat to national security, public order, economy, public interest
public-threat-none = None
public-threat-some = Some
public-threat-considerable = Considerable
public-threat-serious = Serious
public-threat-extremely-serious = Extremely serious
public-threat-unknown = I do not know
public-place = District
public-contact = How to reach you
public-contact-hint = To verify and to tell you the result; kept apart.
public-name = Name
public-telephone = Telephone
public-mail = Mail
public-files = Files
public-files-hint = Logs, screenshots, samples. At most { $size } each.
public-submit = Send the report
receipt = Receipt
receipt-title = Your report has been received
receipt-lead = Keep the number and the secret.
receipt-number = Receipt number
receipt-secret = Secret
receipt-secret-once = The secret is shown only once. Print it or write it down.
receipt-received = Received
receipt-proof = Proof
receipt-position = Journal position { $position }, leaf hash
receipt-owed = What you still owe
receipt-owed-text = This form does not replace the oral report.
receipt-owed-none = Nothing else is owed at present.
receipt-owed-item = { $what } to { $who }, telephone { $telephone }
look-up = Look up a receipt
look-up-lead = See what became of a report, add to it, answer questions.
look-up-show = Look up
look-up-wrong = The number or the secret is wrong.
look-up-story = What became of it
look-up-supplement = Add to the report
look-up-supplement-text = What to add
look-up-answer = Answer the question
public-state-received = Received
public-state-accepted = Accepted
public-state-declined = Declined
public-state-result = Result

## Forms, errors, refusals
field-optional = (optional)
form-refused = Please mend this and send it again
form-nothing-lost = Everything you typed is still here. Files must be chosen again.
form-draft-restored = What you typed before was restored.
form-stale = Something changed while you were writing: { $who } acted at { $t }. Check and send again.
form-done = Done.
error-required = Please fill in “{ $field }”.
error-too-long = “{ $field }” may have at most { $max } characters.
error-time = Give the time like 2026-03-14 09:40.
error-time-future = The time cannot be in the future.
error-choice = Choose one of those listed.
error-number = Give a number.
error-file-too-large = The file is larger than { $max }.
error-text = The text cannot be read; use UTF-8.
error-not-found = There is no such page, or it is not yours to see
error-not-found-text = Check the address, or start from the desk.
error-forbidden = You may not do this
error-forbidden-text = Ask somebody who may.
error-csrf = This form is no longer valid
error-csrf-text = Go back, load the page again and send it once more; what you typed is still there.
error-conflict = Somebody else was first
error-refused = This cannot be done
error-too-large = Too much was sent
error-too-many = Too many requests
error-too-many-text = Try again in a while.
error-full = The disk is full; nothing was written
error-full-text = It recovers by itself. Try again; what you typed is still there.
error-fault = Something failed; nothing was written
error-fault-text = Try again. If it stays so, tell an administrator the reference below.
error-reference = Reference
error-to-desk = To the desk

## Frame: home, errors that forms meet, words between others
home-title = Reporting and handling cybersecurity incidents
home-lead = Report an incident as soon as you notice it. No account is needed; you get a receipt at once.
home-ways = Other ways in
list-and = { ", " }
sign-in-on = Sign in first; you will then be where you were going.
said-signed-out = You are signed out.
organisation-unidentified = organisation not identified yet
duty-was-due = due { $t }
duty-settled = settled
error-to-home = To the start page
error-busy = The desk is busy and wrote nothing; try again in a moment.
error-unreadable = What the browser sent cannot be read; go back and try again.
error-needed = Fill this in.
error-chars = This has { $chars } characters; at most { $max } fit.
error-nul = This holds a character that cannot be kept (U+0000); remove it.
error-command = The form had grown old; check it and send it again.
error-files-too-large = A file is too large and was not taken; compress it or send it separately.
error-files-too-many = Too many files: at most 10.
error-cut-off = The transmission broke off; check the values and send again.

## Refusals, by their names
refusal-not-authorised = By the plan this is for { $by } (clause { $clause }).
refusal-no-role = You fill no role of the plan, so you may not do this.
refusal-not-in-role = You do not fill the role { $role }.
refusal-needs-capacity = This needs the capacity { $capacity }.
refusal-not-yours = This is for the sender, the recipient, the affected organisation or the desk.
refusal-needs-second-person = { $who } did this, so somebody else must approve or confirm it.
refusal-capacities-conflict = These two capacities cannot be one person's.
refusal-plan-not-at-hand = The edition of the plan on which this started is not at hand; adopt it again.
refusal-in-the-future = { $at } lies after { $latest }; mend the time.
refusal-too-long-ago = { $at } lies before this century; mend the time.
refusal-before-it-began = { $at } lies before { $earliest }, when it began; mend the time.
refusal-contradictory-anchors = { $anchor } at { $at }, but it occurred at { $occurred }; mend one of the times.
refusal-anchor-known = { $anchor } is already recorded as { $at }; correct it with a reason instead.
refusal-anchor-unknown = { $anchor } is not recorded yet, so there is nothing to correct.
refusal-too-many = { $count } are too many: at most { $max }.
refusal-nothing = Choose at least one.
refusal-name-out-of-range = A Chinese name of at most { $max } characters is needed; an English one may follow.
refusal-unknown = There is no “{ $name }” here.
refusal-facts-refused = Some facts cannot be taken: { $why }
refusal-exists-already = This exists already.
refusal-absent = This does not exist.
refusal-incident-closed = This incident is closed; reopen it first.
refusal-incident-open = This incident is not closed.
refusal-not-closable = This incident cannot be closed yet: { $count } things stand in the way.
refusal-already-accepted = This report was already accepted by { $who }.
refusal-report-declined = This report was declined; reopen it first.
refusal-report-not-declined = This report is not declined.
refusal-report-not-accepted = This report is not accepted yet.
refusal-report-sealed = This report is sealed: what may be classified is not handled here.
refusal-report-goes-on-elsewhere = This report goes on elsewhere: it was split or merged.
refusal-answered-already = This question was answered already.
refusal-affected-already = This organisation is already among the affected ones.
refusal-identified-already = This organisation is identified already.
refusal-not-owed = This is not owed like that; look at the duties again.
refusal-settled-already = This duty was already met or waived.
refusal-duty-superseded = This duty was replaced by a stricter one; meet that one.
refusal-wrong-channel = This duty is to be met by the channel it names.
refusal-needs-late-reason = It was due at { $due }; say why it is late.
refusal-nothing-to-clear = There is nothing to confirm here.
refusal-needs-reason = The facts give { $certain }; say why it is judged { $level }.
refusal-judged-already = This level is already judged { $level }.
refusal-too-mild = The level in force is { $force }, so a response at { $level } is too mild.
refusal-response-running = The response has already started; adjust it instead.
refusal-no-response = No response has started.
refusal-response-not-ended = The response has not ended yet; end it first.
refusal-response-unchanged = The response is already like this.
refusal-needs-approval = At this level this needs an approved proposal (clause { $clause }).
refusal-needs-no-approval = At this level this is decided without a proposal (clause { $clause }).
refusal-proposal-waiting = Another proposal is waiting; withdraw it or wait for its answer.
refusal-no-proposal = No proposal is waiting.
refusal-text-changed = The text has changed since you read it; read it again.
refusal-endorsed-already = { $role } has already submitted or endorsed this.
refusal-not-endorsed = This still needs the endorsement of { $roles }.
refusal-nothing-to-confirm = There is no approval to confirm.
refusal-handed-over-already = This part was already handed over.
refusal-related-to-itself = An incident cannot be related to itself.
refusal-organisation-closed = This organisation is closed.
refusal-period-backwards = This holds from { $from } until { $until }; mend one of the days.
refusal-dismissed = This person was dismissed.
refusal-no-change = Nothing would change.

## Registry: lists, forms, imports
org-lead = Who is under whom, with which systems, at which telephone
org-tree = As a tree
org-by-name = By name
org-export = Export CSV
org-closed = Closed
org-name-zh = Name in Chinese
org-parent-hint = The full Chinese name of a registered organisation
org-parent-unknown = The registry has no such organisation; give its full Chinese name
org-no-district = No single district
org-telephone-hint = The duty telephone that is answered day and night
org-responsible-post = Post that answers for security
org-contacts-kept = Kept apart
org-systems-hint = One system a line: name | importance (Ordinary, Important, Critical infrastructure)
org-systems-wrong = The importance in “{ $line }” is not known; use Ordinary, Important or Critical infrastructure
org-systems-none = No systems are registered.
org-entry = Entry
org-below = Organisations below
org-below-none = None below.
org-periods = What held when
org-until-now = until now
org-open = Open duties
org-kept = Kept
org-late = Late
org-missed = Missed
org-change-lead = Holds from today; what held before stays readable
org-import-lead = Tried first; if one line must be mended, none is written
org-import-table = The table
org-import-hint = UTF-8, with the heading name_zh, name_en, kind, parent, district, sector, telephone
org-import-paste = Or paste the table
org-import-try = Try it; write nothing
org-import-write = Register all of them
org-import-lines = Line by line
org-import-line = Line
org-import-new = New
org-import-mend-this = Mend
org-import-all = This registry
org-import-all-text = gains every organisation of the table at once, never some of them
org-import-agree = I have checked the table
org-import-empty = The table has no line that can be read.
org-import-mend = Mend them and try again; nothing was written
org-kind-cii-operator = Critical infrastructure operator
org-kind-central-body = Central body
org-kind-key-unit = Key unit
org-kind-authority = Authority
org-kind-district-authority = District cybersecurity authority
org-kind-district-government = District government
org-kind-public-body = Public body
org-kind-professional-institution = Professional institution
org-kind-service-provider = Service provider
org-kind-operator = Network operator
org-kind-partner = Partner
said-org-registered = Registered.
said-org-changed = Changed; it holds from today.
said-org-imported = All of them were registered.

## My organisation: calls, states
mine-nobody = This account belongs to no organisation; ask an administrator.
mine-to = to { $who } · { $channel } · { $telephone }
mine-state = State
mine-reports = Our reports
mine-incidents = Our incidents
mine-incidents-none = No incidents.
mine-opened = Opened
mine-report-elsewhere = Goes on elsewhere
mine-call = Record a call that we made
mine-call-lead = An oral report counts from the call; write down whom you called, when, and what was said.
mine-read-back = It was read back and confirmed
mine-late-hint = Needed when it was late
said-mine-call = The call was recorded.

## Plans as books
book-state = Here
book-state-newer = A newer edition ships
book-pack = Pack
book-contents = Contents
book-clause = Clause
book-criterion = Criterion
book-levels = Levels and criteria
book-duties = Who owes what to whom by when
book-roles = Roles, and who fills them here
book-bound = How it becomes somebody
book-nobody = Nobody
book-when = When
book-check = Check results
book-check-nothing = Passed: clauses, roles, criteria, duties and authorities fit together.
book-editions = Adopted editions
book-adopted-at = Adopted
book-adopted-by = By
book-official-absent = Not attached by this deployment; the issuer's text is right
book-blocks-closing = must be met before closing
book-measure = Measure
book-form = Form
book-hand-over = Handed over
book-taxonomy = Classes
book-policy = Local policy
book-reading = Reading
book-no-rule = No rule follows: { $why }
book-and = {", "}
book-or = {" or "}
book-joint = { $who }, together
book-approval = { $propose } propose; { $approve } approves
book-every-level = every level
book-may = { $act } ({ $level }): { $who }
book-duty = { $from } → { $to }: { $what } ({ $channel }; { $due })
book-from = { $due }, from { $anchor }
book-from-assumed = { $due }, from { $anchor } (assumed: the text names no start)
book-level-at-least = level { $level } or worse
book-within = within { $t }
book-every = every { $t } { $while }
book-continuing = all the time { $while }
book-while-warning = during the warning
book-while-response = during the response
book-moment-occurred = occurrence
book-moment-discovered = discovery
book-moment-informed = being informed
book-moment-aware = awareness
book-moment-received = receipt of the report
book-moment-condition = the moment the condition holds
book-moment-response-started = the start of the response
book-moment-response-ended = the end of the response
book-moment-handling-ended = the end of handling
book-moment-report-accepted = acceptance of the report
book-moment-report-declined = refusal of the report
book-moment-report-received = receipt of the report by anybody
book-moment-warning-issued = the issue of a warning
book-moment-warning-lifted = the lifting of the warning
book-moment-delivered = delivery of “{ $duty }”
book-bound-deployment = bound at deployment; must be bound
book-bound-optional = bound if there is one
book-bound-affected = every affected organisation
book-bound-district = by the district of the affected organisation
book-bound-set = a set kept elsewhere
book-bound-converted = by a decision
book-act-accept-report = Accept a report
book-act-decline-report = Decline a report
book-act-record-facts = Record facts and classes
book-act-judge-level = Judge the level
book-act-start-response = Start a response
book-act-escalate-response = Ask for more when not under control
book-act-take-command = Take unified command
book-act-adjust-response = Adjust a response
book-act-end-response = End a response
book-act-form-headquarters = Form the headquarters
book-act-clear-miss = Confirm a late entry
book-act-waive-duty = Waive a duty
book-act-hand-over = Hand a part over
book-act-review = Review
book-act-close-incident = Close an incident
book-act-reopen-incident = Reopen an incident
book-act-release = Publish
book-act-supply-wording = Supply the wording
book-act-guide-opinion = Guide opinion
book-act-issue-warning = Issue a warning
book-act-adjust-warning = Adjust a warning
book-act-lift-warning = Lift a warning
book-act-approve-technical-plan = Approve a technical plan
book-unbound-text = The program does not serve before they are bound; bind them under “Role bindings”.
said-plan-adopted = Adopted; new incidents start on this edition.

## Administration
admin-login-hint = Typed to sign in; lower case
admin-roles-in-person = Roles filled in person
admin-roles-hint = Roles of the organisation come to its members by themselves
admin-added = The account was added
admin-reset = The password was reset
admin-reset-lead = A new password is made up and shown once.
admin-token-lead = One token for each program; it acts as this person and sees what this person sees.
admin-revoke = Revoke tokens
admin-revoke-lead = Takes every token of the client back at once.
admin-client = Client
admin-client-hint = What the program is called; tokens are revoked by this name
admin-close-lead = The person cannot sign in any more and tokens stop working; what was done stays on record.
admin-roles-lead = Who the roles of the plan are here
admin-bind-hint = The full Chinese name of a registered organisation; a role of districts is bound for that organisation's district
said-admin-closed = The account was ended.
said-admin-revoked = The tokens were revoked.
said-admin-none-revoked = There was no token of that client.
said-admin-bound = The role was bound.

## Counted
org-import-count = { $n ->
    [one] { $n } organisation will be registered
   *[other] { $n } organisations will be registered
    }
org-import-sound = { $n ->
    [one] { $n } line can be registered; nothing was written yet
   *[other] { $n } lines can be registered; nothing was written yet
    }
org-import-wrong = { $n ->
    [one] { $n } line must be mended
   *[other] { $n } lines must be mended
    }
mine-questions = { $n ->
    [one] { $n } question waits for an answer
   *[other] { $n } questions wait for an answer
    }
book-unbound-warning = { $n ->
    [one] { $n } role is bound to nobody
   *[other] { $n } roles are bound to nobody
    }
book-within-days = { $n ->
    [one] within { $n } day
   *[other] within { $n } days
    }
book-within-months = { $n ->
    [one] within { $n } month
   *[other] within { $n } months
    }
book-within-working-days = { $n ->
    [one] within { $n } working day
   *[other] within { $n } working days
    }
book-classes = { $n ->
    [one] { $n } class
   *[other] { $n } classes
    }

## End of registry, plans, administration
