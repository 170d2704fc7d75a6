# Every text of the console in English, the reference. nl.ftl holds the same keys.

## Frame
console-name = Gateway console
brand = Eurodac gateway
brand-site = console of { $site }
language-own-name = English
skip = Skip to the content
nav-main = Main
nav-queue = Queue
nav-tasks = Tasks
nav-interfaces = Interfaces
nav-health = Health
nav-fairness = Fairness
nav-installation = Installation
nav-parts = Parts of the queue
nav-pages = Pages
sign-out = Sign out
role-auditor = auditor
role-administrator = administrator
role-queue-operator = queue operator
role-screening-officer = screening officer
role-supervisor = supervisor
keyboard = Keyboard
key-rows = next and previous row
key-open = open the row
key-tick = select the row
key-act = to the steps for what is selected, or for the open item
key-claim = claim the open item
key-back = back to the whole queue
key-help = this list
keys-on = Single keys are on in this browser
foot = Times are of { $zone }. Who looks at an item, opens its values or acts on it is recorded.
code = Code { $code }
copy = Copy
copied = Copied
news-changed = % new or changed
news-many = Many
news-heard = Something in the queue is new or changed.
news-show = show
the-sender = the sender

## Times
units = d h min
under-a-minute = under a minute
weekdays = Mon Tue Wed Thu Fri Sat Sun
months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
as-of = As of
until = Until
was-due = Was due
ago = { $span } ago.
from-now = { $span } from now.

## Outages and health
outage-gateway-label = Outage of this gateway
outage-gateway = This gateway takes no new messages at present
outage-gateway-text = Nothing can be stored durably ({ $reason }). Kiosks and partners keep their messages and send them again by themselves. What was accepted or confirmed before is safe. Claims and confirmations are not possible until it works again; it keeps trying.
outage-central-label = Outage of the central system
outage-central = The central system cannot be reached
outage-central-text = New messages are still accepted and stored here. They are sent by themselves, in order, when it answers again. Legal clocks run on. If its web interface works, you can go on keying.
central-answers = central system: answers
central-silent = central system: does not answer
central-unknown = central system: not spoken to yet
health-gateway = This gateway
health-gateway-up = Takes work.
health-gateway-up-text = What it accepts is on disk before anyone is told so.
health-gateway-down = Takes no new messages.
health-central = Central system
health-central-up = Answers.
health-central-down = Does not answer.
health-central-down-text = It is tried again by itself, at most five minutes apart.
health-central-unknown = Not spoken to yet.
health-central-unknown-text = The gateway has just started.
health-open =
    { $count ->
        [one] { $count } item is open.
       *[other] { $count } items are open.
    }
health-queue-link = See the queue

## Installation
installation-text = State of the gateway itself. Nothing here comes from a message. That you read it is recorded.
installation-program = Program
installation-program-text = Version { $version }, profile { $profile }.
installation-configuration = Configuration
installation-site = Site { $site }, Member State { $state }.
installation-partners = Partners: { $count }.
installation-rows = Rows in the table of interfaces: { $count }.
installation-persons = Persons in the staff register: { $count }.
installation-certificate = Certificate of the gateway
installation-certificate-unknown = Its end could not be read.
installation-certificate-past = Expired. Partners and kiosks refuse the connection. Install a new one and restart.
installation-certificate-soon = Expires soon. Order a new one now.
installation-certificate-good = Holds.
installation-until = Until { $at } (in { $span }).
installation-ended = It ended { $at }.
installation-crl = Revoked certificates
installation-crl-not-configured = No list is configured: a lost card or kiosk can be shut out only by the register or the configuration.
installation-crl-current = The list is current.
installation-crl-expired = A list has expired. Put a current one in its place (G-0950).
installation-crl-unreadable = A list cannot be read. Put a current one in its place (G-0950).
installation-stale-refuse = Without a current list nobody is let in.
installation-stale-keep-last = Without a current list the last good one holds.
installation-storage = Storage
installation-storage-good = Takes new messages.
installation-storage-stopped = Takes no new messages ({ $reason }).
installation-storage-low = Less is free than the margin: new messages are refused until there is room.
installation-free = Free: { $free }. Margin below which new messages are refused: { $margin }.
installation-checkpoint = Audit log
installation-checkpoint-none = No checkpoint is signed yet.
installation-checkpoint-done = Checkpoint over { $count ->
        [one] { $count } line
       *[other] { $count } lines
    }, signed { $at }.
installation-backup = Last backup
installation-backup-none = None is noted for this storage folder. Run: gateway backup.
installation-backup-done = Ended { $at }, { $span } ago.
installation-backup-size = { $size } in { $files ->
        [one] { $files } file
       *[other] { $files } files
    }.

## Fairness
fairness-text = How often capture goes wrong, counted when messages are accepted and when Eurodac answers. An exception is a submission with a finger that is missing or could not be taken. A retake is one that a rejection asked for. A rejection is Eurodac's, for quality (Art. 38(1)).
fairness-hidden = Counts under { $count } are not shown, nor one that would follow from the others: nobody is to be recognised.
fairness-limits = Not here, because no message carries it: attempts within a capture and people of whom nothing was ever sent. Not either: what operators key, because its answers do not come here.
fairness-since = Counted since
fairness-none = Nothing is counted yet.
fairness-by-band = By age at the capture
fairness-by-band-column = Age
fairness-by-sender = By site: the kiosk or system that sent it
fairness-by-sender-column = Sender
fairness-by-sensor = By device: make and model
fairness-by-sensor-column = Sensor
fairness-submissions = Submissions
fairness-exceptions = Exceptions
fairness-retakes = Retakes
fairness-rejections = Rejections
fairness-few = fewer than { $count }, or hidden
fairness-not-said = not said
fairness-years = { $band } years

## Sign-in
sign-in = Sign in
not-signed-in = Not signed in
card-says = Your card says:
enter-pin = Enter the PIN that belongs to it.
pin = PIN
not-you = Not you? Take the card out, put yours in and open the console again.

## Queue
queue = Queue
items =
    { $count ->
        [one] { $count } item
       *[other] { $count } items
    }
day-nothing-late = Nothing is late, and nothing is about to be.
day-soon =
    Nothing is late; { $soon ->
        [one] { $soon } item is
       *[other] { $soon } items are
    } due soon.
day-late =
    { $late ->
        [one] { $late } item is
       *[other] { $late } items are
    } late; the obligation continues.
day-late-and-soon =
    { $late ->
        [one] { $late } item is
       *[other] { $late } items are
    } late and { $soon } due soon.
day-nobody = Nothing waits for a person.
day-person =
    { $count ->
        [one] { $count } item waits
       *[other] { $count } items wait
    } for a person.
day-stuck =
    { $count ->
        [one] { $count } item does not go on by itself.
       *[other] { $count } items do not go on by themselves.
    }
day-tasks =
    { $count ->
        [one] { $count } task is open.
       *[other] { $count } tasks are open.
    }
day-tasks-link = See the tasks
away =
    While you were away (since { $since }) { $count ->
        [one] { $count } item
       *[other] { $count } items
    } arrived.
away-link = Show what arrived
next-clock = next clock: { $clock }, no. { $number }
show-open = All open
show-overdue = Overdue
show-due-soon = Due soon
show-person = For a person
show-mine = Claimed by you
show-stuck = Stuck
show-lane = Goes by itself
show-recent = Last 12 hours
show-closed = Closed
sort-clock = Clock, shortest first
sort-arrived = Arrival, newest first
sort-operation = Operation
sort-origin = Sender
sort-owner = Owner
filter-label = Filter and sort
filter-operation = Operation
filter-sender = Sender
filter-order = Order
filter-all = All
filter-apply = Apply
filter-clear = Clear the filter
nothing-open = The queue is empty. Everything that was accepted is done.
nothing-overdue = Nothing is overdue.
nothing-due-soon = Nothing is due soon.
nothing-person = Nothing waits for a person.
nothing-mine = You have claimed nothing.
nothing-stuck = Nothing is stuck.
nothing-lane = Nothing is on its way.
nothing-recent = Nothing arrived in the last 12 hours.
nothing-closed = No closed item is kept at present.
nothing-filtered = A filter is set; other items may exist.
column-tick = Select
column-clock = Clock
column-work = Work
column-state = State
column-last = Attempts and last reason
tick = Select no. { $number }
urgent = Urgent
number-from = No. { $number } from { $origin }
next = Next: { $step }
attempts =
    { $count ->
        [one] { $count } attempt
       *[other] { $count } attempts
    }
perhaps-keyed = May have been keyed: the last claim ran out.
after-earlier = After an earlier item
article = Art. { $article }
tasks-open =
    { $count ->
        [one] { $count } open task
       *[other] { $count } open tasks
    }
previous = Previous
next-page = Next
page-of = Page { $page } of { $pages }

## One step with many items
bulk-label = One step with many items
bulk-scope = Which items
bulk-scope-ticked = The selected rows
bulk-ticked = The selected rows: %
bulk-scope-matching =
    { $count ->
        [one] The { $count } that matches this list
       *[other] All { $count } that match this list
    }
bulk-claim = Claim
bulk-release = Release
bulk-send-again = Send again
bulk-let-key = Let operators key
bulk-give-back = Give back to the senders
bulk-final = Steps that cannot be undone
bulk-final-text = You see how many it concerns before anything happens.
bulk-title =
    { $act }: { $count ->
        [one] { $count } item
       *[other] { $count } items
    }?
bulk-done-title = { $act }: done
bulk-count = Items
bulk-oldest = Oldest
bulk-number = no. { $number }
bulk-drawn = Drawn
bulk-claim-effect = They are kept for you as long as a claim lasts; nobody else keys them meanwhile.
bulk-release-effect = You say that you have not keyed them. They wait for an operator again.
bulk-send-again-effect = They go to the central system. Where an earlier attempt may have arrived, it is asked first.
bulk-let-key-effect = They wait for an operator, who keys them. Where an earlier attempt may have arrived, look into the central web interface first.
bulk-give-back-effect = They close here and are not sent. Each sender reads your reason and must send a corrected message.
bulk-undoable = You can undo this.
bulk-not-undoable = This cannot be undone here.
bulk-unfit =
    { $count ->
        [one] { $count } selected item is left out because
       *[other] { $count } selected items are left out because
    } this step does not fit where it stands.
bulk-missing =
    { $count ->
        [one] { $count } selected item is
       *[other] { $count } selected items are
    } no longer here.
bulk-frozen = Only these are touched. What arrives or changes from now on is left out.
bulk-changed =
    { $count ->
        [one] { $count } has changed since and will be left out
       *[other] { $count } have changed since and will be left out
    }
bulk-type = Type the number of items, { $count }, to confirm
bulk-button = { $act }: { $count }
bulk-done =
    { $count ->
        [one] { $count } item done.
       *[other] { $count } items done.
    }
bulk-left-out =
    { $count ->
        [one] { $count } was left out
       *[other] { $count } were left out
    }
bulk-more = and { $count } more
left-gone = closed or gone
left-taken = { $by } has it
left-held = stopped or kept
left-changed = changed meanwhile
left-refused = refused ({ $code })

## States
state-queued = Waiting to be sent
state-queued-again = Waiting to be sent again
state-sending = Being sent
state-outcome-unknown = Sent? Being asked
state-acknowledged = Acknowledged
state-waiting = Waiting for an operator
state-claimed = Claimed
state-keyed = Keyed, to be checked
state-held = Kept, no interface
state-parked = Stopped
state-closed = Closed
state-superseded = Replaced by a later message
outcome-done = Carried out
outcome-hit = Answered: hit
outcome-no-hit = Answered: no hit
outcome-quality-insufficient = Answered: better prints needed
outcome-registered = Answered: registered
outcome-rejected = Answered: rejected
outcome-sequence-error = Answered: fingers out of order
meaning-queued = It is stored here and goes to the central system by itself, when it is its turn.
meaning-queued-behind = It waits for an earlier message about the same reference number, so that the order is kept.
meaning-sending = It is on its way to the central system.
meaning-outcome-unknown = The connection ended before it was clear whether it arrived. The central system is asked first, so that it is not stored twice.
meaning-acknowledged = The central system has it; its answer has not come yet.
meaning-waiting = This operation has no system-to-system interface today, so a person keys it.
meaning-waiting-behind = An earlier item about the same reference number must be dealt with before this one.
meaning-waiting-perhaps-keyed = The last claim ran out without a word, so it may have been keyed. Look in the central web interface before you key it.
meaning-claimed = An operator is keying it into the central web interface.
meaning-keyed = It is keyed. A second person must check it before it is closed.
meaning-held = The table of interfaces has no way for this operation today. It is kept, and its clock runs.
meaning-parked = It cannot go on by itself. A person decides.
meaning-closed = It is done. The sender has been told or collects the answer.
meaning-sent-back = It is closed here. The sender has the answer and must send it corrected.
meaning-superseded = It is closed here and was not sent. A later message about the same person stands in for it.
owner-not = Somebody else than { $by }
owner-you = You
owner-nobody-yet = Nobody yet
owner-held = Kept until an interface opens
owner-closed = Nobody, closed
owner-itself = By itself

## Causes
cause-by-itself = Nothing; it is tried again by itself.
cause-attempts-used-up = All attempts to send it are used up.
cause-attempts-used-up-next = Check the connection, then retry.
cause-connection-lost = The connection broke before the central system answered.
cause-connection-lost-next = Nothing; it goes on by itself.
cause-restarted = The gateway was restarted while it was being sent.
cause-restarted-next = Nothing; it goes on by itself.
cause-central-busy = The central system cannot take work at the moment.
cause-central-busy-next = Nothing; it goes on by itself.
cause-central-refused = The central system refused the message for good.
cause-central-refused-next = Ask the origin to correct it, then retry or key it by hand.
cause-central-unreachable = The central system could not be reached.
cause-central-unreachable-next = Check the connection, then retry.
cause-message-id-taken = The central system knows this message number with other content.
cause-message-id-taken-next = Compare with the central system before anything else is sent.
cause-content-unreadable = The stored message could not be opened.
cause-content-unreadable-next = Check the disk and ask the origin to send it again.

## Clocks
clock-met = met
clock-sent-back = with the sender
clock-overdue = overdue by { $span }
clock-left = { $span } left
clock-no-limit = no limit in law
limit-within = within { $span }
limit-soon = as soon as possible
limit-of = To be sent { $limit } of: { $start }.
limit-of-event = To be sent { $limit } of the event that started the clock.
limit-working-days = To be sent within { $days } working days of the result.
limit-own = The law says: { $when }. It gives no figure; { $span } is this site's own limit.
limit-none = The law says: { $when }. Neither the law nor this site gives a figure.
legal-clock = Legal clock
overdue-continues = The time has passed. The obligation continues:
overdue-do = carry it out as soon as you can; nothing is cancelled.
sent-back-clock = Eurodac did not take it: the obligation stays with the sender, and so does its clock.
met-clock = The message is with the central system, so this clock no longer runs.
clock-started = It started
was-extended = The longer limit for serious technical problems was granted; the law gives it once.
extend-title = Grant the longer limit
extend-text = After serious technical problems Art. { $article } gives a longer limit, once. It is recorded with your name, the ground and the decision.
extend-until = The new end would be
extend-who = A supervisor can grant the longer limit for serious technical problems.
extend-ground = Ground
extend-ground-technical = Serious technical problems, under the national continuity plan
extend-evidence = Number of the decision
extend-evidence-hint = Letters, digits and . / - _ : only, because it is logged. No names.
extend-button = Grant the longer limit

## One item
item-title = No. { $number }, { $operation }
not-done = Not done: { $title }
back-to-list = Back to the list
back-to-item = Back to no. { $number }
changed = This item has changed since you opened it.
changed-show = Show it as it is now
you-have-it = You have it: key the values, then confirm with the receipt.
to-earlier = Go to the earlier item
what-happened = What happened:
next-step = Next step:
attempts-so-far = Attempts so far: { $count }.
fact-number = Number
fact-from = From
fact-owner = Owner
fact-category = Category
fact-person = Person
fact-person-link =
    { $count ->
        [one] Timeline, this item only
       *[other] Timeline, { $count } items
    }
may-read-only = Your role lets you read this item, not work on it.
colleague-has-it = A colleague has it
colleague-claimed = { $by } claimed it
colleague-until = and has it until
colleague-read-only = You can read it, not work on it.
claim-title = Take this item
claim-text = A claim keeps it for you for { $minutes } minutes; nobody else keys it meanwhile.
claim-and-open = Claim and open the values
claim-only = Claim only
claim-lasts = Your claim lasts until
confirm-title = Confirm with the receipt
confirm-text = Key the values into the central web interface, then enter the receipt number it gives you.
confirm-ran-out = You had claimed it. If you keyed it, confirm it here.
confirm-second = Then a second person checks it; it closes after that.
confirm-button = Confirm that it is keyed
web-receipt = Receipt number of the central web interface
renew = Renew the claim
release = Release: I have not keyed it
check-title = Check what was keyed
check-text = { $by } keyed it. Open the values with the reason “to check”, compare them and the check value with the central web interface, then say what you found.
check-not-you = You keyed it, so somebody else must check it: an operator or a supervisor.
check-button = It is keyed as it should be
check-effect = The item closes and the sender is told.
refuse-check-button = It is keyed wrongly
refuse-check-effect = It goes back to the operators, who put it right in the central web interface.
requeue-title = Put it back on its way
requeue-text = Where an earlier attempt may have arrived, the central system is asked before anything is sent again.
requeue-s2s = Try to send it again
requeue-web = Let an operator key it
parked-outcome-open = It can be neither replaced nor given back while an earlier attempt may have arrived.
supersede-title = Or let a later message stand in for it
supersede-none = There is no later message of the same kind, from the same sender, about the same person.
supersede-text = This one closes and is not sent; the sender is told which message replaces it. It cannot be undone.
supersede-by = Later message
supersede-choice = No. { $number }, came { $came }
supersede-button = Replace it
give-back-title = Or give it back to the sender
give-back-text = The sender reads your reason, corrects the message and sends it anew. The item closes here.
give-back-reason = Reason, for the sender
give-back-button = Give it back
values = Values to key
values-masked = Masked. Opening them is recorded with your name and the reason.
values-reason = Reason
values-open = Open the values
values-until = Open to you until
values-why = Reason: { $reason }. In the order of the web form.
values-mask = Mask them again
masked = masked
check-value = Check value
check-value-text = The same for everybody who reads the same values. Read it to your second reader.
open-key = To key it into the central web interface
open-check = To check whether and how it was keyed
open-question = The sender or the person concerned asked about it
open-supervise = To supervise the work on it
life = Life of this item
message = Message
audit-line = line { $line }
audit-line-title = Line in the audit log
way-captured = Captured
way-sealed = Sealed
way-waiting = Waiting
way-sent = Sent
way-sent-by-hand = Sent, by hand
way-acknowledged = Acknowledged
way-answered = Answered
way-elsewhere = at the sender
way-done = done
way-now = now
way-ahead = still to come
erased-title = No. { $number }, closed and erased
erased-text = The item is closed and its content is erased here. Its life stays:

## Steps of a life
step-accepted = Waiting
step-accepted-s2s = Came from { $origin }, was stored and got its receipt. Waits to be sent.
step-accepted-web-interface = Came from { $origin }, was stored and got its receipt. Waits for an operator.
step-accepted-unavailable = Came from { $origin }, was stored and got its receipt. No interface is open for it.
step-sending-began = Sending
step-sending-began-text = Attempt { $attempt } to send it began.
step-not-delivered = Not sent
step-not-delivered-text = { $cause } Tried again at { $at }.
step-outcome-unknown = Outcome open
step-outcome-unknown-text = { $cause } The central system is asked before anything is sent again.
step-acknowledged = Acknowledged
step-acknowledged-text = Sent; the central system has it.
step-parked = Stopped
step-requeued = Put back
step-requeued-text = { $by } put it back on its way: { $channel }.
step-returned = Given back
step-returned-text = { $by } gave it back to { $origin } with the reason; it was not sent.
step-answered = Answered
step-stray-answer = Answered
step-stray-answer-text = An answer to no known message came and is kept.
step-rerouted = Moved
step-rerouted-text = The table of interfaces changed; it now goes: { $channel }.
step-claimed = Claimed
step-claimed-text = { $by } has it until { $until }.
step-lease-expired = Claim ran out
step-lease-expired-text = { $by } neither confirmed nor released it. It may have been keyed.
step-released = Released
step-released-text = { $by } gave it back and says that it was not keyed.
step-confirmed = Keyed
step-confirmed-text = { $by } keyed it. Receipt of the central web interface: { $receipt }.
step-checked-text = { $by } keyed it and { $second } checked it. Receipt of the central web interface: { $receipt }.
step-keyed = Keyed, to be checked
step-keyed-text = { $by } keyed it. Receipt: { $receipt }. A second person checks it.
step-check-refused = Check failed
step-check-refused-text = { $by } found it keyed wrongly. Put it right in the central web interface.
step-superseded = Superseded
step-superseded-text = { $by } replaced it by item { $successor }; it is not sent any more.
step-clock-extended = Longer limit
step-clock-extended-text = { $by } granted the limit of Art. { $article }; decision { $evidence }.
step-channel-switched = Interface
step-channel-switched-text = { $by } switched the interface.
step-clock-corrected = Clock
step-clock-corrected-text = The clock had been ahead and was set back.
step-task-opened = Task
step-task-opened-text = { $task } (Art. { $article }).
step-task-escalated = Warning
step-task-escalated-text = The clock of a task is running out.
step-task-claimed = Task taken
step-task-claimed-text = { $by } works on it.
step-task-released = Task given back
step-task-released-text = Nobody works on it any more.
step-task-closed = Task closed
step-escalated = Warning
step-escalated-soon = The clock of Art. { $article } is running out.
step-escalated-overdue = The time of Art. { $article } has passed. The obligation continues.
step-answer-late = Answer late
step-answer-late-text = The central system has not answered in the time of Art. 38(2).
step-collected = Delivered
step-collected-text = { $origin } has collected the answer.
step-erased = Erased
step-erased-text = The content was erased here; only this life of the item is left.
answer-done = Carried out.
answer-hit = Hit: at least one data set matches.
answer-no-hit = No hit: nothing matches.
answer-quality-insufficient = The prints are not good enough; better ones are asked under the same reference number.
answer-registered = Registered; nothing is compared in this category.
answer-rejected = Rejected with findings; the sender has them.
answer-sequence-error = Fingers are not where the message says they are.

## Person
person-title = Everything about the person of no. { $number }
person-text = All items under the same reference number, newest first, in the words of the kiosk. The number itself is not shown here.
person-newest = The newest { $count } are shown.
person-erased = Items whose content is erased can no longer be found by reference number.

## Tasks
tasks = Tasks
tasks-text = What answers and notices ask of people. First what is overdue, then what the law wants at once, then by clock. No task ends by time.
tasks-none = No task is open.
tasks-count =
    { $count ->
        [one] { $count } task
       *[other] { $count } tasks
    }
tasks-first = The first { $count } are shown.
column-task = Task
column-held = Who works on it
column-close = Close it
task-number = task { $number }
task-since = since
task-item = the item
task-no-item = about nothing known here
task-at-once = at once, no figure
task-claim = Take it
task-claim-of = Take it, task { $number }
task-release = Give it back
task-release-of = Give it back, task { $number }
task-held = Whoever works on it closes it; a supervisor can give it back.
task-face-only = A trained expert must check this hit at once, because only the face matched
task-sex-differs = A trained expert must check this hit, because the sex of the two data sets differs
task-site-policy = A trained expert must check this hit
task-wrong-hit-report = The wrong hit must be reported to eu-LISA and the States concerned within three working days
task-retake = The prints must be taken again and sent under the same reference number
task-notice-responsibility = Another State became responsible; bring our own data set up to date
task-notice-protection = Another State marked that international protection was granted; mark our own data set
task-notice-residence = Another State marked that a residence document was issued; mark our own data set
task-notice-flag-deleted = Another State deleted a security flag; look whether ours still holds
task-notice-erasure = Another State erased a data set; look whether ours must go too
notice-open = Open the notice
notice-open-of = Open the notice of task { $number }
notice-title = Notice, task { $number }
notice-raised = The central system raised it
notice-logged = That you opened it is in the audit log.
notice-nothing = This operation does not exist for the category of our data set. Look at the data set, then close the task.
notice-key = Key these values at the central web interface where our own data set does not hold them yet; then close the task.
notice-back = Back to the tasks
close-hit-confirmed = The hit is right
close-hit-refuted = The hit is wrong
close-done = It is done
close-expert-check-effect = By a trained expert. A wrong hit opens a report with three working days from the result.
close-wrong-hit-report-effect = When eu-LISA and the States concerned have the report.
close-retake-effect = It closes by itself when the new prints arrive. By hand only where they cannot come.
close-notice-effect = When our own data set is as it must be.
verdict-hit-confirmed = The expert confirms the hit.
verdict-hit-refuted = The expert refutes the hit.
verdict-done = Done.
verdict-retake-received = The new prints came.

## Interfaces
interfaces-text = Which way each operation takes to the central system, from the site's signed configuration and what a supervisor switched, as of
interfaces-open = When an interface opens, waiting items go through it by themselves; what an operator holds stays with the operator.
interfaces-caption = Operations and their interfaces
column-operation = Operation
column-article = Article
column-way = Way today
column-from = From
column-until = Until
column-change = Change
further-notice = further notice
until-taken-back = taken back by a supervisor
not-in-force = not in force today
channel-s2s = System to system
channel-web-interface = Keyed by operators
channel-unavailable = No interface
switch-who = A supervisor can switch an interface.
switch-link = Switch
switch-link-of = Switch: { $operation }
switch-title = Switch: { $operation }
switch-now = Today it goes:
switched-by = switched by { $by }: { $reason }
switch-text = Switching takes effect at once and is recorded with your name and the reason. You can switch back; what has been sent by then stays sent.
switch-table = Back to the signed table: { $channel }
switch-moving =
    { $count ->
        [one] { $count } item moves.
       *[other] { $count } items move.
    }
switch-moving-s2s = They are sent by themselves, in order, none twice.
switch-moving-web-interface = They wait for operators.
switch-moving-unavailable = They are kept, and their clocks run.
switch-behind =
    { $count ->
        [one] { $count } of them stays
       *[other] { $count } of them stay
    } behind an earlier item of the same reference number until that one is through.
switch-held =
    { $count ->
        [one] { $count } is held by an operator and stays.
       *[other] { $count } are held by operators and stay.
    }
switch-staying =
    { $count ->
        [one] { $count } more stays
       *[other] { $count } more stay
    }: under way, perhaps keyed, stopped, or sent this way by a person.
switch-reason = Reason
switch-reason-central-notice = The central system announced it
switch-reason-connection-proven = A test of the interface has passed
switch-reason-central-outage = The central system is out of order
switch-reason-incident = Something is wrong on our side
switch-type = Type the number of items that move, { $count }, to confirm
switch-button = Switch the interface

## Fields of the web form
field-operation = Operation
field-category = Category
field-reference-number = Reference number
field-person = Person
field-event = Event
field-own-values = Values of this operation
field-urgent-reason = Urgent, because
field-surnames = Surnames
field-forenames = Forenames
field-birth-names = Names at birth
field-former-names = Names used before
field-aliases = Aliases
field-nationalities = Nationalities
field-birth-date = Date of birth
field-birth-place = Place of birth
field-event-member-state = Member State of origin
field-event-place = Place of the event
field-event-date = Date of the event
field-sex = Sex
field-document-kind = Document type
field-document-number = Document number
field-document-country = Document issued by
field-document-expires-on = Document valid until
field-biometrics-taken-on = Biometrics taken on
field-operator = Taken by
field-reason = Ground
field-changed = Data set of the other State
field-responsible-state = Member State responsible
field-keyed-by = Keyed by

## What fields take
takes-one-of-the-list = one of the list
takes-channel = s2s or web-interface
takes-reason = a few sentences for the sender, at most 500 characters
takes-open-reason = key, check, question or supervise
takes-fence = the number of the claim
takes-ground = technical-problem
takes-successor = the message id of a later item
takes-verdict = hit-confirmed, hit-refuted or done
takes-act = claim, release, send-again, let-key or give-back
takes-newest = the number of the newest item on the list
takes-switch = s2s, web-interface, unavailable or table
takes-switch-reason = central-notice, connection-proven, central-outage or incident
takes-count = the number that is shown
takes-language = nl or en

## Refusals
what-to-do = What to do:
go-to-queue = Go to the queue
go-to-installation = Go to the installation
g-0901-title = This card is not known here
g-0901-happened = The certificate of your card is genuine, but its number is not in this site's staff register, so nothing is shown.
g-0901-do = Ask the person who keeps the staff register to enter your card.
g-0902-title = Your role does not allow this
g-0902-happened = The staff register gives you no role for this step, so nothing was done.
g-0902-do = Ask a colleague who has the role, or the person who keeps the staff register.
g-0903-title = The PIN does not fit
g-0903-happened =
    The PIN is not the one of this card. { $left ->
        [0] It was the last attempt for now.
        [one] One attempt is left before a pause.
        *[other] { $left } attempts are left before a pause.
    }
g-0903-do = Try again.
g-0904-title = Too many wrong PINs
g-0904-happened = There were { $most } wrong PINs in a row. For your card signing in rests for another { $wait }.
g-0904-do = Wait, then try again. If these attempts were not yours, tell your security officer now.
g-0905-title = You are not signed in
g-0905-happened = Your session has ended, or there was none. Nothing was done.
g-0905-do = Sign in with your PIN; you then come back here.
g-0906-title = This form is out of date
g-0906-happened = The form did not come from a page of your present session, so nothing was done.
g-0906-do = Open the page again and repeat the step.
g-0907-title = This came from another page
g-0907-happened = The request was sent by a page that is not part of this console, so nothing was done.
g-0907-do = Open the console by its own address. If another page sent you here, tell your security officer.
g-0908-title = This is not the console's address
g-0908-happened = The address in the request is not one of this console, so nothing is shown.
g-0908-do = Open the console by the name in its certificate.
g-0909-title = A field needs attention
g-0909-happened = The field { $name } is missing or cannot be used. It takes { $takes }.
g-0909-do = Correct it and send again.
g-0910-title = Too many people are signed in
g-0910-happened = The console has as many open sessions as it may hold, so you could not be signed in.
g-0910-do = Try again in a few minutes; sessions that nobody uses end by themselves.
g-0911-title = There is no such page
g-0911-happened = Nothing of this console is under this address.
g-0911-do = Go to the queue.
g-0912-title = This address is used in another way
g-0912-happened = The address exists but does not take this kind of request, so nothing was done.
g-0912-do = Go to the queue.
g-0913-title = The form could not be read
g-0913-happened = What was sent is no form of this console, or is too large. Nothing was done.
g-0913-do = Open the page again and repeat the step.
g-0920-title = Only a supervisor may do this
g-0920-happened = The step needs the role of supervisor, which the staff register does not give you. Nothing was done.
g-0920-do = Ask a supervisor.
g-0921-title = This selection no longer holds
g-0921-happened = The selection was used, is older than a quarter of an hour, or belongs to another session. Nothing was done.
g-0921-do = Go to the queue and select again.
g-0922-title = The number does not fit
g-0922-happened = The number you typed is not the number of items it concerns now, which is { $count }. Nothing was done.
g-0922-do = Look at what it concerns, then type that number.
g-0923-title = Nothing is selected for this step
g-0923-happened = No row is selected, or the step fits none of the selected rows. Nothing was done.
g-0923-do = Select rows where the step fits.
g-0924-title = Too many are selected
g-0924-happened = This step takes at most { $most } items at one time. Nothing was done.
g-0924-do = Select fewer, or narrow the list by a filter.
g-0929-title = A colleague works on this task
g-0929-happened = { $by } has taken this task. Nothing was changed.
g-0929-do = Ask the colleague, or a supervisor, to give it back.
g-0500-title = The console failed at this request
g-0500-happened = This is a fault of the program. Nothing that was confirmed before is lost.
g-0500-do = Try again. If it happens again, report the code and the time.
g-not-durable-title = The gateway cannot store anything at present
g-not-durable-happened = Nothing can be recorded just now, so this step was not taken and nothing was shown. What was accepted or confirmed before is safe on disk.
g-not-durable-do = Try again in a few minutes. If it lasts, report the code and the time.
g-failed-title = The gateway failed at this step
g-failed-happened = The step was not taken. The item stays where it is.
g-failed-do = Try again in a few minutes. If it lasts, report the code and the time.
g-refused-title = Not possible now
g-refused-happened = The gateway refused this. Nothing was changed.
g-refused-do = Look below where the item stands now.
g-0404-title = There is no such item
g-0404-happened = No item has this address. An item leaves the list some time after it is closed.
g-0404-do = Go to the queue.
g-0601-title = An earlier item comes first
g-0601-happened = Item { $behind } concerns the same reference number, came earlier and is not through yet.
g-0601-do = Deal with the earlier item first; then this one can be claimed.
g-0602-title = A colleague has this item
g-0602-happened = { $by } claimed this item and has it for another { $left }. You have not claimed it.
g-0602-do = Take another item, or ask the colleague to release it.
g-0603-title = This claim is no longer yours
g-0603-happened = The claim you worked under has ended or somebody else holds the item now. Nothing was recorded.
g-0603-do = Look below who has it. If you already keyed it, tell them the receipt number before they key it again.
g-0604-title = The item has moved on
g-0604-happened = The item is no longer where this step can be taken. Nothing was changed.
g-0604-do = Look below where it stands now.
g-0605-title = The receipt number cannot be used
g-0605-happened = The receipt number is missing or has characters that receipts do not have. It takes 1 to { $most } letters, digits and signs. Nothing was recorded.
g-0605-do = Copy the number from the central web interface and confirm again.
g-0607-title = No longer limit for this item
g-0607-happened = The article behind this clock has no longer limit, or it was granted before. The clock runs as it did.
g-0607-do = Carry it out as soon as possible; overdue, the obligation continues.
g-0608-title = The number of the decision cannot be used
g-0608-happened = The number of the decision is missing or has other characters than letters, digits and . / - _ : or is longer than { $most }. Nothing was granted.
g-0608-do = Enter the number of the decision under the continuity plan, no words.
g-0609-title = Somebody else must check this
g-0609-happened = You keyed this item. A second person looks at it with fresh eyes, so your own check does not count.
g-0609-do = Ask a colleague who is an operator or a supervisor.
g-0610-title = The task is closed, or cannot end this way
g-0610-happened = Somebody closed or gave back the task before, or this ending does not belong to it. Nothing was changed.
g-0610-do = Look at the list as it is now.

## Operations, categories and triggers, as in the tables of the law
operation-submit = First transmission of a dataset
operation-submit-of = First transmission: { $category }
operation-add-responsible-state = Add the Member State responsible
operation-arrival-after-take-charge = Arrival after a take-charge transfer
operation-arrival-after-take-back = Arrival after a take-back transfer
operation-left-territory = Left the territory
operation-removal-or-departure = Removed, or left under a return decision
operation-responsibility-shifted = Responsibility shifted
operation-add-relocation-state = Add the Member State of relocation
operation-arrival-in-relocation-state = Arrival in the Member State of relocation
operation-mark-protection-granted = Mark: protection granted
operation-unmark-protection-withdrawn = Unmark: protection withdrawn
operation-mark-residence-document = Mark: residence document issued
operation-take-over-mark = Relocation State registers itself and takes over the mark
operation-add-circumstance = Add security flag, visa, rejection or return assistance
operation-delete-security-flag = Delete the security flag
operation-rectify = Rectify or complete
operation-erase-citizen-of-origin = Erase: became a citizen of the State of origin
operation-erase-citizen-of-other-state = Erase: became a citizen of another Member State
operation-erase-inaccurate = Erase: inaccurate or unlawfully processed
operation-report-wrong-hit = Report that a hit was wrong
operation-confirm-link = Confirm linking after a confirmed hit
when-submit = within the category's limit
when-add-responsible-state = as soon as determined
when-arrival-after-take-charge = on arrival
when-arrival-after-take-back = on arrival
when-left-territory = once established
when-removal-or-departure = once ensured
when-responsibility-shifted = once established
when-add-relocation-state = once relocation is due
when-arrival-in-relocation-state = on arrival
when-mark-protection-granted = after the grant
when-unmark-protection-withdrawn = after the withdrawal
when-mark-residence-document = after the issue
when-take-over-mark = after arrival under 25(2)
when-add-circumstance = promptly
when-delete-security-flag = when the threat no longer applies, after consulting the other States concerned
when-rectify = without delay
when-erase-citizen-of-origin = without delay
when-erase-citizen-of-other-state = once aware
when-erase-inaccurate = without delay
when-report-wrong-hit = within three working days of the result
when-confirm-link = after the hit is confirmed
category-legal-1 = applicant for international protection
category-plain-1 = applicant
category-legal-2 = apprehended in connection with the irregular crossing of an external border
category-plain-2 = irregular border crossing
category-legal-3 = illegally staying in a Member State
category-plain-3 = stay without right
category-legal-4 = law-enforcement request by a national authority
category-plain-4 = law-enforcement request
category-legal-5 = law-enforcement request by Europol
category-plain-5 = Europol request
category-legal-6 = data subject's request
category-plain-6 = data-subject request
category-legal-7 = Union resettlement or humanitarian admission
category-plain-7 = Union resettlement
category-legal-8 = admitted under a national resettlement scheme
category-plain-8 = national resettlement
category-legal-9 = disembarked after search and rescue
category-plain-9 = disembarked after rescue
category-legal-0 = beneficiary of temporary protection
category-plain-0 = temporary protection
trigger-registration = registration of the application for international protection
trigger-biometrics-taken = biometrics taken at a border crossing point or in a transit zone
trigger-apprehension = apprehension
trigger-found = found to be illegally staying
trigger-admission-registration = registration for the admission procedure
trigger-admission-decision = decision to grant, refuse or discontinue
trigger-grant = grant of protection or humanitarian status
trigger-disembarkation = disembarkation
trigger-protection-registration = registration as beneficiary of temporary protection
