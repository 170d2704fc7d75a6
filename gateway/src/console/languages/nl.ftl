# Every text of the console in Dutch. en.ftl, the reference, holds the same keys.

## Frame
console-name = Gateway-console
brand = Eurodac-gateway
brand-site = console van { $site }
language-own-name = Nederlands
skip = Naar de inhoud
nav-main = Hoofdmenu
nav-queue = Wachtrij
nav-tasks = Taken
nav-interfaces = Koppelingen
nav-health = Toestand
nav-fairness = Eerlijkheid
nav-installation = Installatie
nav-parts = Delen van de wachtrij
nav-pages = Pagina's
sign-out = Afmelden
role-auditor = auditor
role-administrator = beheerder
role-queue-operator = wachtrijmedewerker
role-screening-officer = screeningsmedewerker
role-supervisor = leidinggevende
keyboard = Toetsen
key-rows = volgende en vorige regel
key-open = de regel openen
key-tick = de regel kiezen
key-act = naar de stappen voor wat gekozen is, of voor het open bericht
key-claim = het open bericht claimen
key-back = terug naar de hele wachtrij
key-help = deze lijst
keys-on = Losse toetsen werken in deze browser
foot = Tijden zijn van { $zone }. Wie een bericht bekijkt, de waarden opent of er iets mee doet, wordt vastgelegd.
code = Code { $code }
copy = Kopiëren
copied = Gekopieerd
news-changed = % nieuw of gewijzigd
news-many = Veel
news-heard = Er is iets nieuw of gewijzigd in de wachtrij.
news-show = tonen
the-sender = de afzender

## Times
units = d u min
under-a-minute = minder dan een minuut
weekdays = ma di wo do vr za zo
months = jan feb mrt apr mei jun jul aug sep okt nov dec
hours =
    { $count ->
        [one] { $count } uur
       *[other] { $count } uur
    }
days =
    { $count ->
        [one] { $count } dag
       *[other] { $count } dagen
    }
as-of = Stand van
until = Tot
was-due = Moest uiterlijk
ago = { $span } geleden.
from-now = over { $span }.

## Outages and health
outage-gateway-label = Storing van deze gateway
outage-gateway = Deze gateway neemt nu geen nieuwe berichten aan
outage-gateway-text = Er kan niets duurzaam worden opgeslagen ({ $reason }). Kiosken en partners houden hun berichten vast en sturen ze vanzelf opnieuw. Wat eerder is aangenomen of bevestigd, is veilig. Claimen en bevestigen kan pas weer als het werkt; het wordt steeds opnieuw geprobeerd.
outage-central-label = Storing van het centrale systeem
outage-central = Het centrale systeem is niet bereikbaar
outage-central-text = Nieuwe berichten worden hier nog steeds aangenomen en opgeslagen. Ze gaan vanzelf en op volgorde weg als het weer antwoordt. Wettelijke termijnen lopen door. Als de webinterface werkt, kunt u doorgaan met invoeren.
central-answers = centraal systeem: antwoordt
central-silent = centraal systeem: antwoordt niet
central-unknown = centraal systeem: nog niet gesproken
health-gateway = Deze gateway
health-gateway-up = Neemt werk aan.
health-gateway-up-text = Wat hij aanneemt, staat op schijf voordat iemand dat hoort.
health-gateway-down = Neemt geen nieuwe berichten aan.
health-central = Centraal systeem
health-central-up = Antwoordt.
health-central-down = Antwoordt niet.
health-central-down-text = Het wordt vanzelf opnieuw geprobeerd, met hoogstens vijf minuten ertussen.
health-central-unknown = Nog niet gesproken.
health-central-unknown-text = De gateway is net gestart.
health-open =
    { $count ->
        [one] { $count } bericht is open.
       *[other] { $count } berichten zijn open.
    }
health-queue-link = Naar de wachtrij

## Installation
installation-text = Toestand van de gateway zelf. Niets hier komt uit een bericht. Dat u dit leest, wordt vastgelegd.
installation-program = Programma
installation-program-text = Versie { $version }, profiel { $profile }.
installation-configuration = Configuratie
installation-site = Locatie { $site }, lidstaat { $state }.
installation-partners = Partners: { $count }.
installation-rows = Regels in de tabel van koppelingen: { $count }.
installation-persons = Personen in het personeelsregister: { $count }.
installation-certificate = Certificaat van de gateway
installation-certificate-unknown = Het einde kon niet worden gelezen.
installation-certificate-past = Verlopen. Partners en kiosken weigeren de verbinding. Plaats een nieuw certificaat en start opnieuw.
installation-certificate-soon = Verloopt binnenkort. Vraag nu een nieuw certificaat aan.
installation-certificate-good = Geldig.
installation-until = Tot { $at } (over { $span }).
installation-ended = Het einde was { $at }.
installation-crl = Ingetrokken certificaten
installation-crl-not-configured = Er is geen lijst ingesteld: een verloren kaart of kiosk kan alleen via het register of de configuratie worden buitengesloten.
installation-crl-current = De lijst is actueel.
installation-crl-expired = Een lijst is verlopen. Plaats een actuele lijst (G-0950).
installation-crl-unreadable = Een lijst kan niet worden gelezen. Plaats een actuele lijst (G-0950).
installation-stale-refuse = Zonder actuele lijst wordt niemand toegelaten.
installation-stale-keep-last = Zonder actuele lijst geldt de laatste goede.
installation-storage = Opslag
installation-storage-good = Neemt nieuwe berichten aan.
installation-storage-stopped = Neemt geen nieuwe berichten aan ({ $reason }).
installation-storage-low = Er is minder vrij dan de marge: nieuwe berichten worden geweigerd tot er ruimte is.
installation-free = Vrij: { $free }. Marge waaronder nieuwe berichten worden geweigerd: { $margin }.
installation-checkpoint = Auditlog
installation-checkpoint-none = Er is nog geen controlepunt ondertekend.
installation-checkpoint-done = Controlepunt over { $count ->
        [one] { $count } regel
       *[other] { $count } regels
    }, ondertekend { $at }.
installation-backup = Laatste back-up
installation-backup-none = Voor deze opslagmap is er geen bekend. Voer uit: gateway backup.
installation-backup-done = Klaar { $at }, { $span } geleden.
installation-backup-size = { $size } in { $files ->
        [one] { $files } bestand
       *[other] { $files } bestanden
    }.

## Fairness
fairness-text = Hoe vaak de opname misgaat, geteld als berichten worden aangenomen en als Eurodac antwoordt. Een uitzondering is een inzending met een vinger die ontbreekt of niet kon worden opgenomen. Een herhaling is een inzending waar een afwijzing om vroeg. Een afwijzing komt van Eurodac, om de kwaliteit (art. 38, lid 1).
fairness-hidden = Aantallen onder { $count } worden niet getoond, en ook niet een aantal dat uit de andere zou volgen: niemand mag herkenbaar zijn.
fairness-limits = Niet hier, omdat geen bericht het vermeldt: pogingen binnen een opname en mensen van wie nooit iets is verstuurd. Ook niet: wat medewerkers invoeren, want de antwoorden daarop komen hier niet.
fairness-since = Geteld sinds
fairness-none = Er is nog niets geteld.
fairness-by-band = Naar leeftijd bij de opname
fairness-by-band-column = Leeftijd
fairness-by-sender = Naar locatie: de kiosk of het systeem dat het stuurde
fairness-by-sender-column = Afzender
fairness-by-sensor = Naar apparaat: merk en model
fairness-by-sensor-column = Sensor
fairness-submissions = Inzendingen
fairness-exceptions = Uitzonderingen
fairness-retakes = Herhalingen
fairness-rejections = Afwijzingen
fairness-few = minder dan { $count }, of verborgen
fairness-not-said = niet vermeld
fairness-years = { $band } jaar

## Sign-in
sign-in = Aanmelden
not-signed-in = Niet aangemeld
card-says = Volgens uw kaart bent u:
enter-pin = Voer de pincode in die erbij hoort.
pin = Pincode
not-you = Bent u dat niet? Neem de kaart eruit, steek de uwe erin en open de console opnieuw.

## Queue
queue = Wachtrij
items =
    { $count ->
        [one] { $count } bericht
       *[other] { $count } berichten
    }
day-nothing-late = Niets is te laat en niets loopt bijna af.
day-soon =
    Niets is te laat; { $soon ->
        [one] { $soon } bericht loopt
       *[other] { $soon } berichten lopen
    } bijna af.
day-late =
    { $late ->
        [one] { $late } bericht is
       *[other] { $late } berichten zijn
    } te laat; de plicht blijft.
day-late-and-soon =
    { $late ->
        [one] { $late } bericht is
       *[other] { $late } berichten zijn
    } te laat en { $soon ->
        [one] { $soon } loopt
       *[other] { $soon } lopen
    } bijna af.
day-nobody = Niets wacht op een mens.
day-person =
    { $count ->
        [one] { $count } bericht wacht
       *[other] { $count } berichten wachten
    } op een mens.
day-stuck =
    { $count ->
        [one] { $count } bericht gaat
       *[other] { $count } berichten gaan
    } niet vanzelf verder.
day-tasks =
    { $count ->
        [one] { $count } taak staat open.
       *[other] { $count } taken staan open.
    }
day-tasks-link = Naar de taken
away =
    Terwijl u weg was (sinds { $since }) { $count ->
        [one] kwam { $count } bericht
       *[other] kwamen { $count } berichten
    } binnen.
away-link = Tonen wat binnenkwam
next-clock = volgende termijn: { $clock }, nr. { $number }
show-open = Alles wat open is
show-overdue = Te laat
show-due-soon = Loopt bijna af
show-person = Voor een mens
show-mine = Door u geclaimd
show-stuck = Vastgelopen
show-lane = Gaat vanzelf
show-recent = Laatste 12 uur
show-closed = Gesloten
sort-clock = Termijn, kortste eerst
sort-arrived = Binnenkomst, nieuwste eerst
sort-operation = Handeling
sort-origin = Afzender
sort-owner = Eigenaar
filter-label = Filteren en ordenen
filter-operation = Handeling
filter-sender = Afzender
filter-order = Volgorde
filter-all = Alle
filter-apply = Toepassen
filter-clear = Filter wissen
nothing-open = De wachtrij is leeg. Alles wat is aangenomen, is gedaan.
nothing-overdue = Niets is te laat.
nothing-due-soon = Niets loopt bijna af.
nothing-person = Niets wacht op een mens.
nothing-mine = U hebt niets geclaimd.
nothing-stuck = Niets is vastgelopen.
nothing-lane = Niets is onderweg.
nothing-recent = De laatste 12 uur kwam niets binnen.
nothing-closed = Er wordt nu geen gesloten bericht bewaard.
nothing-filtered = Er is een filter ingesteld; er kunnen andere berichten zijn.
column-tick = Kiezen
column-clock = Termijn
column-work = Werk
column-state = Stand
column-last = Pogingen en laatste reden
tick = Kies nr. { $number }
urgent = Spoed
number-from = Nr. { $number } van { $origin }
next = Nu: { $step }
attempts =
    { $count ->
        [one] { $count } poging
       *[other] { $count } pogingen
    }
perhaps-keyed = Misschien al ingevoerd: de laatste claim liep af.
after-earlier = Na een eerder bericht
article = Art. { $article }
tasks-open =
    { $count ->
        [one] { $count } open taak
       *[other] { $count } open taken
    }
previous = Vorige
next-page = Volgende
page-of = Pagina { $page } van { $pages }

## One step with many items
bulk-label = Eén stap met veel berichten
bulk-scope = Welke berichten
bulk-scope-ticked = De gekozen regels
bulk-ticked = De gekozen regels: %
bulk-scope-matching =
    { $count ->
        [one] Het { $count } bericht van deze lijst
       *[other] Alle { $count } van deze lijst
    }
bulk-claim = Claimen
bulk-release = Vrijgeven
bulk-send-again = Opnieuw versturen
bulk-let-key = Laten invoeren
bulk-give-back = Teruggeven aan de afzenders
bulk-final = Stappen die niet terug kunnen
bulk-final-text = U ziet om hoeveel het gaat voordat er iets gebeurt.
bulk-title =
    { $act }: { $count ->
        [one] { $count } bericht
       *[other] { $count } berichten
    }?
bulk-done-title = { $act }: gedaan
bulk-count = Berichten
bulk-oldest = Oudste
bulk-number = nr. { $number }
bulk-drawn = Getekend
bulk-claim-effect = Ze blijven voor u zolang een claim duurt; niemand anders voert ze intussen in.
bulk-release-effect = U zegt dat u ze niet hebt ingevoerd. Ze wachten weer op een medewerker.
bulk-send-again-effect = Ze gaan naar het centrale systeem. Waar een eerdere poging aangekomen kan zijn, wordt dat eerst gevraagd.
bulk-let-key-effect = Ze wachten op een medewerker die ze invoert. Kijk eerst in de centrale webinterface als een eerdere poging aangekomen kan zijn.
bulk-give-back-effect = Ze sluiten hier en worden niet verstuurd. Elke afzender leest uw reden en moet een verbeterd bericht sturen.
bulk-undoable = U kunt dit terugdraaien.
bulk-not-undoable = Dit kan hier niet worden teruggedraaid.
bulk-unfit =
    { $count ->
        [one] { $count } gekozen bericht valt af omdat
       *[other] { $count } gekozen berichten vallen af omdat
    } deze stap niet past bij de stand.
bulk-missing =
    { $count ->
        [one] { $count } gekozen bericht is
       *[other] { $count } gekozen berichten zijn
    } er niet meer.
bulk-frozen = Alleen deze worden aangeraakt. Wat vanaf nu binnenkomt of wijzigt, blijft erbuiten.
bulk-changed =
    { $count ->
        [one] { $count } is sindsdien gewijzigd en valt af
       *[other] { $count } zijn sindsdien gewijzigd en vallen af
    }
bulk-type = Typ het aantal berichten, { $count }, om te bevestigen
bulk-button = { $act }: { $count }
bulk-done =
    { $count ->
        [one] { $count } bericht gedaan.
       *[other] { $count } berichten gedaan.
    }
bulk-left-out =
    { $count ->
        [one] { $count } viel af
       *[other] { $count } vielen af
    }
bulk-more = en nog { $count }
left-gone = gesloten of weg
left-taken = { $by } heeft het
left-held = gestopt of vastgehouden
left-changed = intussen gewijzigd
left-refused = geweigerd ({ $code })

## States
state-queued = Wacht op verzending
state-queued-again = Wacht op nieuwe verzending
state-sending = Wordt verstuurd
state-outcome-unknown = Verstuurd? Wordt nagevraagd
state-acknowledged = Ontvangen
state-waiting = Wacht op een medewerker
state-claimed = Geclaimd
state-keyed = Ingevoerd, te controleren
state-held = Vastgehouden, geen koppeling
state-parked = Gestopt
state-closed = Gesloten
state-superseded = Vervangen door een later bericht
outcome-done = Uitgevoerd
outcome-hit = Beantwoord: treffer
outcome-no-hit = Beantwoord: geen treffer
outcome-quality-insufficient = Beantwoord: betere afdrukken nodig
outcome-registered = Beantwoord: geregistreerd
outcome-rejected = Beantwoord: afgewezen
outcome-sequence-error = Beantwoord: vingers verwisseld
meaning-queued = Het is hier opgeslagen en gaat vanzelf naar het centrale systeem als het aan de beurt is.
meaning-queued-behind = Het wacht op een eerder bericht over hetzelfde referentienummer, zodat de volgorde klopt.
meaning-sending = Het is onderweg naar het centrale systeem.
meaning-outcome-unknown = De verbinding brak af voordat duidelijk was of het aankwam. Het centrale systeem wordt eerst gevraagd, zodat het niet dubbel wordt opgeslagen.
meaning-acknowledged = Het centrale systeem heeft het; het antwoord is er nog niet.
meaning-waiting = Deze handeling heeft vandaag geen systeemkoppeling, dus een mens voert haar in.
meaning-waiting-behind = Een eerder bericht over hetzelfde referentienummer gaat voor.
meaning-waiting-perhaps-keyed = De laatste claim liep af zonder bericht, dus misschien is het al ingevoerd. Kijk in de centrale webinterface voordat u het invoert.
meaning-claimed = Een medewerker voert het in de centrale webinterface in.
meaning-keyed = Het is ingevoerd. Een tweede persoon moet het controleren voordat het sluit.
meaning-held = De tabel met koppelingen heeft vandaag geen weg voor deze handeling. Het wordt vastgehouden en de termijn loopt.
meaning-parked = Het kan niet vanzelf verder. Een mens beslist.
meaning-closed = Het is gedaan. De afzender is op de hoogte of haalt het antwoord op.
meaning-sent-back = Het is hier gesloten. De afzender heeft het antwoord en moet het verbeterd sturen.
meaning-superseded = Het is hier gesloten en niet verstuurd. Een later bericht over dezelfde persoon vervangt het.
owner-not = Iemand anders dan { $by }
owner-you = U
owner-nobody-yet = Nog niemand
owner-held = Vastgehouden tot een koppeling opengaat
owner-closed = Niemand, gesloten
owner-itself = Gaat vanzelf

## Causes
cause-by-itself = Niets; het wordt vanzelf opnieuw geprobeerd.
cause-attempts-used-up = Alle pogingen om het te versturen zijn op.
cause-attempts-used-up-next = Controleer de verbinding en probeer het opnieuw.
cause-connection-lost = De verbinding brak af voordat het centrale systeem antwoordde.
cause-connection-lost-next = Niets; het gaat vanzelf verder.
cause-restarted = De gateway werd herstart terwijl het werd verstuurd.
cause-restarted-next = Niets; het gaat vanzelf verder.
cause-central-busy = Het centrale systeem kan nu geen werk aannemen.
cause-central-busy-next = Niets; het gaat vanzelf verder.
cause-central-refused = Het centrale systeem weigerde het bericht definitief.
cause-central-refused-next = Vraag de afzender het te verbeteren; probeer het dan opnieuw of voer het met de hand in.
cause-central-unreachable = Het centrale systeem was niet bereikbaar.
cause-central-unreachable-next = Controleer de verbinding en probeer het opnieuw.
cause-message-id-taken = Het centrale systeem kent dit berichtnummer met andere inhoud.
cause-message-id-taken-next = Vergelijk met het centrale systeem voordat er iets anders wordt verstuurd.
cause-content-unreadable = Het opgeslagen bericht kon niet worden geopend.
cause-content-unreadable-next = Controleer de schijf en vraag de afzender het opnieuw te sturen.

## Clocks
clock-met = gehaald
clock-sent-back = bij de afzender
clock-overdue = { $span } te laat
clock-left = nog { $span }
clock-no-limit = geen termijn in de wet
limit-within = binnen { $span }
limit-soon = zo snel mogelijk
limit-of = Te versturen { $limit } na: { $start }.
limit-of-event = Te versturen { $limit } na de gebeurtenis waarmee de termijn begon.
limit-working-days = Te versturen binnen { $days } werkdagen na de uitslag.
limit-own = De wet zegt: { $when }. Zij noemt geen getal; { $span } is de eigen termijn van deze locatie.
limit-none = De wet zegt: { $when }. De wet noch deze locatie noemt een getal.
legal-clock = Wettelijke termijn
overdue-continues = De termijn is voorbij. De plicht blijft:
overdue-do = voer het uit zodra u kunt; er vervalt niets.
sent-back-clock = Eurodac nam het niet aan: de plicht blijft bij de afzender, en de termijn ook.
met-clock = Het bericht is bij het centrale systeem, dus deze termijn loopt niet meer.
clock-started = Begonnen op
was-extended = De langere termijn wegens ernstige technische problemen is verleend; de wet geeft die één keer.
extend-title = De langere termijn verlenen
extend-text = Na ernstige technische problemen geeft art. { $article } één keer een langere termijn. Die wordt vastgelegd met uw naam, de grond en het besluit.
extend-until = Het nieuwe einde wordt
extend-who = Een leidinggevende kan de langere termijn wegens ernstige technische problemen verlenen.
extend-ground = Grond
extend-ground-technical = Ernstige technische problemen, volgens het nationale continuïteitsplan
extend-evidence = Nummer van het besluit
extend-evidence-hint = Alleen letters, cijfers en . / - _ : omdat het wordt vastgelegd. Geen namen.
extend-button = Langere termijn verlenen

## One item
item-title = Nr. { $number }, { $operation }
not-done = Niet gedaan: { $title }
back-to-list = Terug naar de lijst
back-to-item = Terug naar nr. { $number }
changed = Dit bericht is gewijzigd sinds u het opende.
changed-show = Toon het zoals het nu is
you-have-it = U hebt het: voer de waarden in en bevestig met het ontvangstnummer.
to-earlier = Naar het eerdere bericht
what-happened = Wat er gebeurde:
next-step = Volgende stap:
attempts-so-far = Pogingen tot nu toe: { $count }.
fact-number = Nummer
fact-from = Van
fact-owner = Eigenaar
fact-category = Categorie
fact-person = Persoon
fact-person-link =
    { $count ->
        [one] Tijdlijn, alleen dit bericht
       *[other] Tijdlijn, { $count } berichten
    }
may-read-only = Met uw rol kunt u dit lezen, niet eraan werken.
colleague-has-it = Een collega heeft het
colleague-claimed = { $by } heeft het geclaimd
colleague-until = en heeft het tot
colleague-read-only = U kunt het lezen, niet eraan werken.
claim-title = Neem dit bericht
claim-text = Een claim houdt het { $minutes } minuten voor u vast; niemand anders voert het intussen in.
claim-and-open = Claimen en de waarden openen
claim-only = Alleen claimen
claim-lasts = Uw claim duurt tot
confirm-title = Bevestig met het ontvangstnummer
confirm-text = Voer de waarden in de centrale webinterface in en vul dan het ontvangstnummer in dat die geeft.
confirm-ran-out = U had het geclaimd. Bevestig het hier als u het hebt ingevoerd.
confirm-second = Daarna controleert een tweede persoon het; pas dan sluit het.
confirm-button = Bevestigen dat het is ingevoerd
web-receipt = Ontvangstnummer van de centrale webinterface
renew = De claim verlengen
release = Vrijgeven: ik heb het niet ingevoerd
check-title = Controleer wat is ingevoerd
check-text = { $by } voerde het in. Open de waarden met de reden ‘controleren’, vergelijk ze en de controlewaarde met de centrale webinterface en zeg wat u vond.
check-not-you = U voerde het in, dus iemand anders moet het controleren: een medewerker of een leidinggevende.
check-button = Het is goed ingevoerd
check-effect = Het bericht sluit en de afzender hoort het.
refuse-check-button = Het is verkeerd ingevoerd
refuse-check-effect = Het gaat terug naar de medewerkers, die het in de centrale webinterface rechtzetten.
requeue-title = Weer op weg sturen
requeue-text = Waar een eerdere poging aangekomen kan zijn, wordt het centrale systeem gevraagd voordat er iets opnieuw gaat.
requeue-s2s = Opnieuw versturen
requeue-web = Door een medewerker laten invoeren
parked-outcome-open = Het kan niet worden vervangen of teruggegeven zolang een eerdere poging aangekomen kan zijn.
supersede-title = Of laat een later bericht het vervangen
supersede-none = Er is geen later bericht van dezelfde soort, van dezelfde afzender, over dezelfde persoon.
supersede-text = Dit bericht sluit en wordt niet verstuurd; de afzender hoort welk bericht het vervangt. Dit kan niet terug.
supersede-by = Later bericht
supersede-choice = Nr. { $number }, gekomen { $came }
supersede-button = Vervangen
give-back-title = Of geef het terug aan de afzender
give-back-text = De afzender leest uw reden, verbetert het bericht en stuurt het opnieuw. Het bericht sluit hier.
give-back-reason = Reden, voor de afzender
give-back-button = Teruggeven
values = In te voeren waarden
values-masked = Afgedekt. Openen wordt vastgelegd met uw naam en de reden.
values-reason = Reden
values-open = De waarden openen
values-until = Voor u open tot
values-why = Reden: { $reason }. In de volgorde van het webformulier.
values-mask = Weer afdekken
masked = afgedekt
check-value = Controlewaarde
check-value-text = Gelijk voor iedereen die dezelfde waarden leest. Lees haar voor aan uw tweede lezer.
open-key = Om het in de centrale webinterface in te voeren
open-check = Om te controleren of en hoe het is ingevoerd
open-question = De afzender of de betrokkene vroeg ernaar
open-supervise = Om toezicht te houden op het werk
life = Levensloop van dit bericht
message = Bericht
audit-line = regel { $line }
audit-line-title = Regel in het auditlogboek
way-captured = Opgenomen
way-sealed = Verzegeld
way-waiting = Wachtend
way-sent = Verstuurd
way-sent-by-hand = Verstuurd, met de hand
way-acknowledged = Ontvangen
way-answered = Beantwoord
way-elsewhere = bij de afzender
way-done = gedaan
way-now = nu
way-ahead = komt nog
erased-title = Nr. { $number }, gesloten en gewist
erased-text = Het bericht is gesloten en de inhoud is hier gewist. De levensloop blijft:

## Steps of a life
step-accepted = Wachtend
step-accepted-s2s = Kwam van { $origin }, is opgeslagen en kreeg een ontvangstbewijs. Wacht op verzending.
step-accepted-web-interface = Kwam van { $origin }, is opgeslagen en kreeg een ontvangstbewijs. Wacht op een medewerker.
step-accepted-unavailable = Kwam van { $origin }, is opgeslagen en kreeg een ontvangstbewijs. Er is geen koppeling voor open.
step-sending-began = Verzenden
step-sending-began-text = Poging { $attempt } om het te versturen begon.
step-not-delivered = Niet verstuurd
step-not-delivered-text = { $cause } Opnieuw geprobeerd op { $at }.
step-outcome-unknown = Uitkomst open
step-outcome-unknown-text = { $cause } Het centrale systeem wordt gevraagd voordat er iets opnieuw gaat.
step-acknowledged = Ontvangen
step-acknowledged-text = Verstuurd; het centrale systeem heeft het.
step-parked = Gestopt
step-requeued = Weer op weg
step-requeued-text = { $by } stuurde het weer op weg: { $channel }.
step-returned = Teruggegeven
step-returned-text = { $by } gaf het met de reden terug aan { $origin }; het is niet verstuurd.
step-answered = Beantwoord
step-stray-answer = Beantwoord
step-stray-answer-text = Er kwam een antwoord op geen bekend bericht; het wordt bewaard.
step-rerouted = Verplaatst
step-rerouted-text = De tabel met koppelingen wijzigde; het gaat nu: { $channel }.
step-claimed = Geclaimd
step-claimed-text = { $by } heeft het tot { $until }.
step-lease-expired = Claim liep af
step-lease-expired-text = { $by } bevestigde het niet en gaf het niet vrij. Misschien is het ingevoerd.
step-released = Vrijgegeven
step-released-text = { $by } gaf het vrij en zegt dat het niet is ingevoerd.
step-confirmed = Ingevoerd
step-confirmed-text = { $by } voerde het in. Ontvangstnummer van de centrale webinterface: { $receipt }.
step-checked-text = { $by } voerde het in en { $second } controleerde het. Ontvangstnummer van de centrale webinterface: { $receipt }.
step-keyed = Ingevoerd, te controleren
step-keyed-text = { $by } voerde het in. Ontvangstnummer: { $receipt }. Een tweede persoon controleert het.
step-check-refused = Controle niet goed
step-check-refused-text = { $by } vond het verkeerd ingevoerd. Zet het recht in de centrale webinterface.
step-superseded = Vervangen
step-superseded-text = { $by } verving het door bericht { $successor }; het wordt niet meer verstuurd.
step-clock-extended = Langere termijn
step-clock-extended-text = { $by } verleende de termijn van art. { $article }; besluit { $evidence }.
step-channel-switched = Koppeling
step-channel-switched-text = { $by } schakelde de koppeling om.
step-clock-corrected = Klok
step-clock-corrected-text = De klok liep voor en is teruggezet.
step-task-opened = Taak
step-task-opened-text = { $task } (art. { $article }).
step-task-escalated = Waarschuwing
step-task-escalated-text = De termijn van een taak loopt af.
step-task-claimed = Taak genomen
step-task-claimed-text = { $by } werkt eraan.
step-task-released = Taak teruggegeven
step-task-released-text = Niemand werkt er nog aan.
step-task-closed = Taak gesloten
step-escalated = Waarschuwing
step-escalated-soon = De termijn van art. { $article } loopt af.
step-escalated-overdue = De termijn van art. { $article } is voorbij. De plicht blijft.
step-answer-late = Antwoord te laat
step-answer-late-text = Het centrale systeem heeft niet binnen de tijd van art. 38(2) geantwoord.
step-collected = Afgeleverd
step-collected-text = { $origin } heeft het antwoord opgehaald.
step-erased = Gewist
step-erased-text = De inhoud is hier gewist; alleen deze levensloop is over.
answer-done = Uitgevoerd.
answer-hit = Treffer: minstens één gegevensset komt overeen.
answer-no-hit = Geen treffer: niets komt overeen.
answer-quality-insufficient = De afdrukken zijn niet goed genoeg; er worden betere gevraagd onder hetzelfde referentienummer.
answer-registered = Geregistreerd; in deze categorie wordt niets vergeleken.
answer-rejected = Afgewezen met bevindingen; de afzender heeft ze.
answer-sequence-error = Vingers staan niet waar het bericht zegt.

## Person
person-title = Alles over de persoon van nr. { $number }
person-text = Alle berichten onder hetzelfde referentienummer, nieuwste eerst, in de woorden van de kiosk. Het nummer zelf staat hier niet.
person-newest = De nieuwste { $count } staan hier.
person-erased = Berichten waarvan de inhoud is gewist, zijn niet meer op referentienummer te vinden.

## Tasks
tasks = Taken
tasks-text = Wat antwoorden en meldingen van mensen vragen. Eerst wat te laat is, dan wat de wet meteen wil, dan op termijn. Geen taak eindigt door tijd.
tasks-none = Er staat geen taak open.
tasks-count =
    { $count ->
        [one] { $count } taak
       *[other] { $count } taken
    }
tasks-first = De eerste { $count } staan hier.
column-task = Taak
column-held = Wie eraan werkt
column-close = Sluiten
task-number = taak { $number }
task-since = sinds
task-item = het bericht
task-no-item = over niets dat hier bekend is
task-at-once = meteen, geen getal
task-claim = Nemen
task-claim-of = Nemen, taak { $number }
task-release = Teruggeven
task-release-of = Teruggeven, taak { $number }
task-held = Wie eraan werkt, sluit haar; een leidinggevende kan haar teruggeven.
task-face-only = Een opgeleide deskundige moet deze treffer meteen controleren, omdat alleen het gezicht overeenkwam
task-sex-differs = Een opgeleide deskundige moet deze treffer controleren, omdat het geslacht in de twee gegevenssets verschilt
task-site-policy = Een opgeleide deskundige moet deze treffer controleren
task-wrong-hit-report = De onjuiste treffer moet binnen drie werkdagen worden gemeld aan eu-LISA en de betrokken staten
task-retake = De afdrukken moeten opnieuw worden genomen en onder hetzelfde referentienummer verstuurd
task-notice-responsibility = Een andere staat is verantwoordelijk geworden; werk onze eigen gegevensset bij
task-notice-protection = Een andere staat heeft gemarkeerd dat internationale bescherming is verleend; markeer onze eigen gegevensset
task-notice-residence = Een andere staat heeft gemarkeerd dat een verblijfsdocument is afgegeven; markeer onze eigen gegevensset
task-notice-flag-deleted = Een andere staat heeft een veiligheidsmarkering gewist; kijk of de onze nog geldt
task-notice-erasure = Een andere staat heeft een gegevensset gewist; kijk of de onze ook weg moet
notice-open = Open de melding
notice-open-of = Open de melding van taak { $number }
notice-title = Melding, taak { $number }
notice-raised = Het centrale systeem gaf haar op
notice-logged = Dat u haar opende, staat in het auditlogboek.
notice-nothing = Deze bewerking bestaat niet voor de categorie van onze gegevensset. Bekijk de gegevensset en sluit dan de taak.
notice-key = Voer deze waarden in de centrale webinterface in, voor zover onze eigen gegevensset ze nog niet heeft; sluit dan de taak.
notice-back = Terug naar de taken
close-hit-confirmed = De treffer klopt
close-hit-refuted = De treffer is onjuist
close-done = Het is gedaan
close-expert-check-effect = Door een opgeleide deskundige. Een onjuiste treffer opent een melding met drie werkdagen vanaf de uitslag.
close-wrong-hit-report-effect = Als eu-LISA en de betrokken staten de melding hebben.
close-retake-effect = Sluit vanzelf als de nieuwe afdrukken komen. Alleen met de hand als ze niet kunnen komen.
close-notice-effect = Als onze eigen gegevensset klopt.
verdict-hit-confirmed = De deskundige bevestigt de treffer.
verdict-hit-refuted = De deskundige weerlegt de treffer.
verdict-done = Gedaan.
verdict-retake-received = De nieuwe afdrukken zijn er.

## Interfaces
interfaces-text = Langs welke weg elke handeling naar het centrale systeem gaat, volgens de ondertekende configuratie en wat een leidinggevende omschakelde, stand van
interfaces-open = Als een koppeling opengaat, gaan wachtende berichten er vanzelf door; wat een medewerker heeft, blijft bij die medewerker.
interfaces-caption = Handelingen en hun koppelingen
column-operation = Handeling
column-article = Artikel
column-way = Weg vandaag
column-from = Vanaf
column-until = Tot en met
column-change = Wijzigen
further-notice = nader bericht
until-taken-back = teruggedraaid door een leidinggevende
not-in-force = vandaag niet van kracht
channel-s2s = Systeem naar systeem
channel-web-interface = Ingevoerd door medewerkers
channel-unavailable = Geen koppeling
switch-who = Een leidinggevende kan een koppeling omschakelen.
switch-link = Omschakelen
switch-link-of = Omschakelen: { $operation }
switch-title = Omschakelen: { $operation }
switch-now = Vandaag gaat het:
switched-by = omgeschakeld door { $by }: { $reason }
switch-text = Omschakelen werkt meteen en wordt vastgelegd met uw naam en de reden. U kunt terugschakelen; wat dan al verstuurd is, blijft verstuurd.
switch-table = Terug naar de ondertekende tabel: { $channel }
switch-moving =
    { $count ->
        [one] { $count } bericht verhuist.
       *[other] { $count } berichten verhuizen.
    }
switch-moving-s2s = Ze worden vanzelf verstuurd, op volgorde, geen enkel twee keer.
switch-moving-web-interface = Ze wachten op medewerkers.
switch-moving-unavailable = Ze worden vastgehouden en hun termijnen lopen.
switch-behind =
    { $count ->
        [one] { $count } daarvan blijft
       *[other] { $count } daarvan blijven
    } achter een eerder bericht van hetzelfde referentienummer tot dat klaar is.
switch-held =
    { $count ->
        [one] { $count } is in handen van een medewerker en blijft.
       *[other] { $count } zijn in handen van medewerkers en blijven.
    }
switch-staying =
    { $count ->
        [one] { $count } andere blijft
       *[other] { $count } andere blijven
    }: onderweg, misschien ingevoerd, gestopt, of door een mens zo gestuurd.
switch-reason = Reden
switch-reason-central-notice = Het centrale systeem heeft het aangekondigd
switch-reason-connection-proven = Een test van de koppeling is geslaagd
switch-reason-central-outage = Het centrale systeem is gestoord
switch-reason-incident = Er is iets mis aan onze kant
switch-type = Typ het aantal berichten dat verhuist, { $count }, om te bevestigen
switch-button = Koppeling omschakelen

## Fields of the web form
field-operation = Handeling
field-category = Categorie
field-reference-number = Referentienummer
field-person = Persoon
field-event = Gebeurtenis
field-own-values = Waarden van deze handeling
field-urgent-reason = Spoed, omdat
field-surnames = Achternamen
field-forenames = Voornamen
field-birth-names = Geboortenamen
field-former-names = Eerder gebruikte namen
field-aliases = Aliassen
field-nationalities = Nationaliteiten
field-birth-date = Geboortedatum
field-birth-place = Geboorteplaats
field-event-member-state = Lidstaat van herkomst
field-event-place = Plaats van de gebeurtenis
field-event-date = Datum van de gebeurtenis
field-sex = Geslacht
field-document-kind = Soort document
field-document-number = Documentnummer
field-document-country = Document afgegeven door
field-document-expires-on = Document geldig tot
field-biometrics-taken-on = Biometrie genomen op
field-operator = Genomen door
field-reason = Grond
field-changed = Gegevensset van de andere staat
field-responsible-state = Verantwoordelijke lidstaat
field-keyed-by = Ingevoerd door

## What fields take
takes-one-of-the-list = iets uit de lijst
takes-channel = s2s of web-interface
takes-reason = een paar zinnen voor de afzender, hoogstens 500 tekens
takes-open-reason = key, check, question of supervise
takes-fence = het nummer van de claim
takes-ground = technical-problem
takes-successor = het berichtnummer van een later bericht
takes-verdict = hit-confirmed, hit-refuted of done
takes-act = claim, release, send-again, let-key of give-back
takes-newest = het nummer van het nieuwste bericht op de lijst
takes-switch = s2s, web-interface, unavailable of table
takes-switch-reason = central-notice, connection-proven, central-outage of incident
takes-count = het aantal dat er staat
takes-language = nl of en

## Refusals
what-to-do = Wat u doet:
go-to-queue = Naar de wachtrij
go-to-installation = Naar de installatie
g-0901-title = Deze kaart is hier niet bekend
g-0901-happened = Het certificaat van uw kaart is echt, maar het nummer staat niet in het personeelsregister van deze locatie. Er wordt niets getoond.
g-0901-do = Vraag de beheerder van het personeelsregister uw kaart op te nemen.
g-0902-title = Uw rol staat dit niet toe
g-0902-happened = Het personeelsregister geeft u geen rol voor deze stap. Er is niets gedaan.
g-0902-do = Vraag een collega met de rol, of de beheerder van het personeelsregister.
g-0903-title = De pincode klopt niet
g-0903-happened =
    De pincode hoort niet bij deze kaart. { $left ->
        [0] Het was voorlopig de laatste poging.
        [one] Er is nog één poging voor een pauze.
        *[other] Er zijn nog { $left } pogingen voor een pauze.
    }
g-0903-do = Probeer het opnieuw.
g-0904-title = Te veel verkeerde pincodes
g-0904-happened = Er waren { $most } verkeerde pincodes achter elkaar. Voor uw kaart kan aanmelden weer over { $wait }.
g-0904-do = Wacht en probeer het dan opnieuw. Waren deze pogingen niet van u, meld dat dan nu aan uw beveiligingsfunctionaris.
g-0905-title = U bent niet aangemeld
g-0905-happened = Uw sessie is afgelopen, of er was er geen. Er is niets gedaan.
g-0905-do = Meld u aan met uw pincode; u komt dan hier terug.
g-0906-title = Dit formulier is verouderd
g-0906-happened = Het formulier kwam niet van een pagina van uw huidige sessie. Er is niets gedaan.
g-0906-do = Open de pagina opnieuw en herhaal de stap.
g-0907-title = Dit kwam van een andere pagina
g-0907-happened = Het verzoek kwam van een pagina die niet bij deze console hoort. Er is niets gedaan.
g-0907-do = Open de console op het eigen adres. Stuurde een andere pagina u hierheen, meld dat dan aan uw beveiligingsfunctionaris.
g-0908-title = Dit is niet het adres van de console
g-0908-happened = Het adres in het verzoek is niet van deze console. Er wordt niets getoond.
g-0908-do = Open de console met de naam in het certificaat.
g-0909-title = Een veld vraagt aandacht
g-0909-happened = Het veld { $name } ontbreekt of is niet bruikbaar. Het vraagt { $takes }.
g-0909-do = Verbeter het en verstuur opnieuw.
g-0910-title = Er zijn te veel mensen aangemeld
g-0910-happened = De console heeft zoveel open sessies als mag, dus u kon niet worden aangemeld.
g-0910-do = Probeer het over een paar minuten; sessies die niemand gebruikt, eindigen vanzelf.
g-0911-title = Deze pagina bestaat niet
g-0911-happened = Op dit adres heeft deze console niets.
g-0911-do = Ga naar de wachtrij.
g-0912-title = Dit adres wordt anders gebruikt
g-0912-happened = Het adres bestaat, maar neemt dit soort verzoek niet aan. Er is niets gedaan.
g-0912-do = Ga naar de wachtrij.
g-0913-title = Het formulier kon niet worden gelezen
g-0913-happened = Wat gestuurd is, is geen formulier van deze console of is te groot. Er is niets gedaan.
g-0913-do = Open de pagina opnieuw en herhaal de stap.
g-0920-title = Alleen een leidinggevende mag dit
g-0920-happened = Voor deze stap is de rol van leidinggevende nodig, en die geeft het personeelsregister u niet. Er is niets gedaan.
g-0920-do = Vraag een leidinggevende.
g-0921-title = Deze keuze geldt niet meer
g-0921-happened = De keuze is gebruikt, is ouder dan een kwartier of hoort bij een andere sessie. Er is niets gedaan.
g-0921-do = Ga naar de wachtrij en kies opnieuw.
g-0922-title = Het aantal klopt niet
g-0922-happened = Het getypte aantal is niet het aantal berichten waarom het nu gaat, namelijk { $count }. Er is niets gedaan.
g-0922-do = Kijk waarom het gaat en typ dan dat aantal.
g-0923-title = Voor deze stap is niets gekozen
g-0923-happened = Er is geen regel gekozen, of de stap past bij geen van de gekozen regels. Er is niets gedaan.
g-0923-do = Kies regels waarbij de stap past.
g-0924-title = Er zijn er te veel gekozen
g-0924-happened = Deze stap neemt hoogstens { $most } berichten tegelijk. Er is niets gedaan.
g-0924-do = Kies er minder, of maak de lijst kleiner met een filter.
g-0929-title = Een collega werkt aan deze taak
g-0929-happened = { $by } heeft deze taak genomen. Er is niets gewijzigd.
g-0929-do = Vraag de collega of een leidinggevende haar terug te geven.
g-0500-title = De console faalde bij dit verzoek
g-0500-happened = Dit is een fout van het programma. Niets wat eerder is bevestigd, is verloren.
g-0500-do = Probeer het opnieuw. Gebeurt het weer, meld dan de code en de tijd.
g-not-durable-title = De gateway kan nu niets opslaan
g-not-durable-happened = Er kan nu niets worden vastgelegd, dus deze stap is niet gedaan en er is niets getoond. Wat eerder is aangenomen of bevestigd, staat veilig op schijf.
g-not-durable-do = Probeer het over een paar minuten. Blijft het zo, meld dan de code en de tijd.
g-failed-title = De gateway faalde bij deze stap
g-failed-happened = De stap is niet gedaan. Het bericht blijft waar het is.
g-failed-do = Probeer het over een paar minuten. Blijft het zo, meld dan de code en de tijd.
g-refused-title = Nu niet mogelijk
g-refused-happened = De gateway weigerde dit. Er is niets gewijzigd.
g-refused-do = Kijk hieronder waar het bericht nu staat.
g-0404-title = Dit bericht bestaat niet
g-0404-happened = Geen bericht heeft dit adres. Een bericht verdwijnt enige tijd na sluiting van de lijst.
g-0404-do = Ga naar de wachtrij.
g-0601-title = Een eerder bericht gaat voor
g-0601-happened = Bericht { $behind } gaat over hetzelfde referentienummer, kwam eerder en is nog niet klaar.
g-0601-do = Handel eerst het eerdere bericht af; daarna kan dit worden geclaimd.
g-0602-title = Een collega heeft dit bericht
g-0602-happened = { $by } heeft dit bericht geclaimd en heeft het nog { $left }. U hebt het niet geclaimd.
g-0602-do = Neem een ander bericht, of vraag de collega het vrij te geven.
g-0603-title = Deze claim is niet meer van u
g-0603-happened = De claim waarmee u werkte is afgelopen, of iemand anders heeft het bericht nu. Er is niets vastgelegd.
g-0603-do = Kijk hieronder wie het heeft. Hebt u het al ingevoerd, geef dan het ontvangstnummer door voordat het opnieuw wordt ingevoerd.
g-0604-title = Het bericht is verder
g-0604-happened = Het bericht staat niet meer waar deze stap kan. Er is niets gewijzigd.
g-0604-do = Kijk hieronder waar het nu staat.
g-0605-title = Het ontvangstnummer is niet bruikbaar
g-0605-happened = Het ontvangstnummer ontbreekt of heeft tekens die ontvangstnummers niet hebben. Het vraagt 1 tot { $most } letters, cijfers en tekens. Er is niets vastgelegd.
g-0605-do = Neem het nummer over uit de centrale webinterface en bevestig opnieuw.
g-0607-title = Geen langere termijn voor dit bericht
g-0607-happened = Het artikel achter deze termijn kent geen langere termijn, of die is al verleend. De termijn loopt zoals eerst.
g-0607-do = Voer het zo snel mogelijk uit; ook te laat blijft de plicht.
g-0608-title = Het nummer van het besluit is niet bruikbaar
g-0608-happened = Het nummer van het besluit ontbreekt, heeft andere tekens dan letters, cijfers en . / - _ : of is langer dan { $most }. Er is niets verleend.
g-0608-do = Vul het nummer van het besluit volgens het continuïteitsplan in, geen woorden.
g-0609-title = Iemand anders moet dit controleren
g-0609-happened = U voerde dit bericht in. Een tweede persoon kijkt met frisse ogen, dus uw eigen controle telt niet.
g-0609-do = Vraag een collega die medewerker of leidinggevende is.
g-0610-title = De taak is gesloten, of kan zo niet eindigen
g-0610-happened = Iemand heeft de taak al gesloten of teruggegeven, of dit einde hoort er niet bij. Er is niets gewijzigd.
g-0610-do = Kijk naar de lijst zoals die nu is.

## Operations, categories and triggers, as in the tables of the law
operation-submit = Eerste toezending van een gegevensset
operation-submit-of = Eerste toezending: { $category }
operation-add-responsible-state = Verantwoordelijke lidstaat toevoegen
operation-arrival-after-take-charge = Aankomst na overdracht bij overname
operation-arrival-after-take-back = Aankomst na overdracht bij terugname
operation-left-territory = Grondgebied verlaten
operation-removal-or-departure = Verwijderd, of vertrokken na een terugkeerbesluit
operation-responsibility-shifted = Verantwoordelijkheid verschoven
operation-add-relocation-state = Lidstaat van herplaatsing toevoegen
operation-arrival-in-relocation-state = Aankomst in de lidstaat van herplaatsing
operation-mark-protection-granted = Markeren: bescherming verleend
operation-unmark-protection-withdrawn = Markering wissen: bescherming ingetrokken
operation-mark-residence-document = Markeren: verblijfsdocument afgegeven
operation-take-over-mark = Lidstaat van herplaatsing registreert zich en neemt de markering over
operation-add-circumstance = Veiligheidsmarkering, visum, afwijzing of terugkeerhulp toevoegen
operation-delete-security-flag = Veiligheidsmarkering wissen
operation-rectify = Rectificeren of aanvullen
operation-erase-citizen-of-origin = Wissen: burger van de lidstaat van herkomst geworden
operation-erase-citizen-of-other-state = Wissen: burger van een andere lidstaat geworden
operation-erase-inaccurate = Wissen: onjuist of onrechtmatig verwerkt
operation-report-wrong-hit = Melden dat een treffer onjuist was
operation-confirm-link = Koppeling bevestigen na een bevestigde treffer
when-submit = binnen de termijn van de categorie
when-add-responsible-state = zodra bepaald
when-arrival-after-take-charge = bij aankomst
when-arrival-after-take-back = bij aankomst
when-left-territory = zodra vastgesteld
when-removal-or-departure = zodra zeker
when-responsibility-shifted = zodra vastgesteld
when-add-relocation-state = zodra herplaatsing moet
when-arrival-in-relocation-state = bij aankomst
when-mark-protection-granted = na de verlening
when-unmark-protection-withdrawn = na de intrekking
when-mark-residence-document = na de afgifte
when-take-over-mark = na aankomst volgens 25(2)
when-add-circumstance = onverwijld
when-delete-security-flag = als de dreiging niet meer geldt, na overleg met de andere betrokken staten
when-rectify = zonder uitstel
when-erase-citizen-of-origin = zonder uitstel
when-erase-citizen-of-other-state = zodra bekend
when-erase-inaccurate = zonder uitstel
when-report-wrong-hit = binnen drie werkdagen na de uitslag
when-confirm-link = nadat de treffer is bevestigd
category-legal-1 = verzoeker om internationale bescherming
category-plain-1 = verzoeker
category-legal-2 = aangehouden in verband met het irregulier overschrijden van een buitengrens
category-plain-2 = irreguliere grensoverschrijding
category-legal-3 = illegaal verblijvend in een lidstaat
category-plain-3 = verblijf zonder recht
category-legal-4 = rechtshandhavingsverzoek van een nationale autoriteit
category-plain-4 = rechtshandhavingsverzoek
category-legal-5 = rechtshandhavingsverzoek van Europol
category-plain-5 = verzoek van Europol
category-legal-6 = verzoek van de betrokkene
category-plain-6 = verzoek van betrokkene
category-legal-7 = hervestiging of humanitaire toelating van de Unie
category-plain-7 = hervestiging door de Unie
category-legal-8 = toegelaten volgens een nationale hervestigingsregeling
category-plain-8 = nationale hervestiging
category-legal-9 = ontscheept na opsporing en redding
category-plain-9 = ontscheept na redding
category-legal-0 = begunstigde van tijdelijke bescherming
category-plain-0 = tijdelijke bescherming
trigger-registration = registratie van het verzoek om internationale bescherming
trigger-biometrics-taken = biometrie genomen bij een grensdoorlaatpost of in een transitzone
trigger-apprehension = aanhouding
trigger-found = vaststelling van illegaal verblijf
trigger-admission-registration = registratie voor de toelatingsprocedure
trigger-admission-decision = besluit tot verlening, weigering of stopzetting
trigger-grant = verlening van bescherming of humanitaire status
trigger-disembarkation = ontscheping
trigger-protection-registration = registratie als begunstigde van tijdelijke bescherming
