import type { Language } from '../messages.ts';

/** Every word on our pages, in Dutch. */
export const nl: Language = {
  lang: 'nl',
  dir: 'ltr',
  texts: {
    'frame.title': '{title} · {product}',
    'frame.footer': 'Mogelijk gemaakt door Ostiary',
    'frame.language': 'Taal',
    'frame.language_submit': 'Wijzigen',
    'frame.problem': 'Probleem: {title}',
    'frame.new_tab': '(opent in een nieuw tabblad)',

    'sections.label': 'Je account',
    'sections.overview': 'Overzicht',
    'sections.profile': 'Profiel',
    'sections.password': 'Wachtwoord',
    'sections.factors': 'Beveiliging',
    'sections.requests': 'Verzoeken',
    'sections.sessions': 'Sessies',
    'sections.applications': 'Toepassingen',
    'sections.activity': 'Activiteit',
    'sections.signed_in': 'Ingelogd als',

    'client.returns': 'Je gaat terug naar {host}',
    'client.policy': 'Privacybeleid',
    'client.tos': 'Servicevoorwaarden',

    'login.title': 'Inloggen',
    'login.title_for': 'Inloggen bij {client}',
    'login.lead': 'om door te gaan naar {client}',
    'login.lead_alone': 'met je account bij {product}',
    'login.username': 'Gebruikersnaam',
    'login.password': 'Wachtwoord',
    'login.remember': 'Ingelogd blijven',
    'login.remember_note': 'Alleen op een apparaat dat van jou is.',
    'login.submit': 'Inloggen',
    'login.wrong':
      'Gebruikersnaam en wachtwoord horen niet bij elkaar. Controleer beide en probeer ' +
      'het opnieuw.',
    'login.slow_down': 'Te veel pogingen. Wacht even en probeer het dan opnieuw.',
    'login.slow_down_for': 'Te veel pogingen. Probeer het over {duration} opnieuw.',
    'login.busy': 'Er loggen nu veel mensen in. Probeer het zo meteen opnieuw.',
    'login.passkey': 'Inloggen met een passkey',
    'login.passkey_refused':
      'Deze passkey is niet geaccepteerd. Probeer het opnieuw of gebruik je wachtwoord.',
    'login.ended': 'Te veel verkeerde codes. Log nog een keer in.',
    'login.sign_up': 'Nog geen account?',
    'login.sign_up_link': 'Maak er een',
    'login.forgot': 'Wachtwoord vergeten?',
    'login.password_reset': 'Je nieuwe wachtwoord is opgeslagen. Log ermee in.',
    'login.expired': 'Deze pagina stond te lang open. Voer je wachtwoord nog een keer in.',

    'select_account.title': 'Kies een account',
    'select_account.other': 'Een ander account gebruiken',

    'passkey.failed': 'Er is geen passkey gebruikt. Probeer het opnieuw of kies een andere manier.',
    'passkey.unsupported': 'Deze browser kent geen passkeys.',
    'passkey.noscript': 'Passkeys hebben een browser nodig die scripts uitvoert.',

    'second_factor.title': 'Bevestig dat jij het bent',
    'second_factor.lead': 'Nog één stap voordat je doorgaat naar {client}',
    'second_factor.lead_alone': 'Nog één stap voor je account bij {product}',
    'second_factor.totp': 'Code uit je authenticator-app',
    'second_factor.totp_note': 'Zes cijfers, die elke 30 seconden veranderen.',
    'second_factor.recovery': 'Herstelcode',
    'second_factor.recovery_note':
      'Een van de codes die je hebt bewaard. Elke code werkt één keer.',
    'second_factor.verify': 'Doorgaan',
    'second_factor.passkey': 'Een passkey gebruiken',
    'second_factor.use_recovery': 'Een herstelcode gebruiken',
    'second_factor.use_other': 'Een andere manier proberen',
    'second_factor.elsewhere':
      'Je passkeys werken alleen bij {hosts}. Log daar in en voeg een authenticator-app ' +
      'toe, die hier ook telt.',
    'second_factor.wrong':
      'Dat klopte niet. Probeer het opnieuw; een gebruikte code telt niet nog een keer.',
    'second_factor.needed_title': 'Er is een tweede stap nodig',
    'second_factor.needed_lead': '{client} vraagt meer dan een wachtwoord',
    'second_factor.needed_note':
      'Kies waarmee je het inloggen bevestigt. Je kunt er later meer toevoegen.',
    'second_factor.needed_totp': 'Authenticator-app',
    'second_factor.needed_passkey': 'Passkey',

    'factors.title': 'Beveiliging',
    'factors.second': 'Tweede stap',
    'factors.second_note':
      'Wat naast je wachtwoord bevestigt dat jij het bent. Met een passkey kun je ook ' +
      'zonder wachtwoord inloggen.',
    'factors.none': 'Er is nog niets. Je wachtwoord alleen opent je account.',
    'factors.totp': 'Authenticator-app',
    'factors.passkey': 'Passkey',
    'factors.created': 'Toegevoegd op {date}',
    'factors.used': 'laatst gebruikt op {date}',
    'factors.elsewhere': 'voor {host}',
    'factors.remove': 'Verwijderen',
    'factors.remove_named': '{name} verwijderen',
    'factors.add_totp': 'Een authenticator-app toevoegen',
    'factors.add_passkey': 'Een passkey toevoegen',
    'factors.name': 'Naam',
    'factors.name_note': 'Optioneel. Hieraan herken je hem.',
    'factors.full': 'Er zijn er al te veel. Verwijder er eerst een.',

    'totp.title': 'Een authenticator-app toevoegen',
    'totp.scan': 'Scan deze code met de app',
    'totp.qr': 'QR-code voor een authenticator-app',
    'totp.type': 'Of typ deze sleutel erin',
    'totp.code': 'Code die de app toont',
    'totp.submit': 'Toevoegen',
    'totp.wrong':
      'Die code klopte niet. Wacht op de volgende en controleer de tijd van je apparaat.',
    'totp.expired': 'Deze pagina stond te lang open. Scan de nieuwe code hieronder.',

    'passkey.title': 'Een passkey toevoegen',
    'passkey.about': 'Die wordt bewaard op dit apparaat, in je wachtwoordbeheerder of op een ' +
      'beveiligingssleutel, en ontgrendeld met je vingerafdruk, gezicht of pincode.',
    'passkey.submit': 'Een passkey toevoegen',
    'passkey.refused': 'Deze passkey is niet geaccepteerd. Probeer het opnieuw.',
    'passkey.known': 'Deze passkey is er al.',

    'recovery.title': 'Herstelcodes',
    'recovery.about':
      'Daarmee kom je binnen als je kwijt bent waarmee je het inloggen bevestigt. Elke ' +
      'code werkt één keer.',
    'recovery.remaining': 'Resterende codes: {count}',
    'recovery.replaced': 'Nieuwe codes komen in de plaats van de eerdere.',
    'recovery.make': 'Herstelcodes maken',
    'recovery.keep':
      'Druk ze af of schrijf ze op, en bewaar ze apart van je apparaat. Ze worden niet ' +
      'nog een keer getoond.',
    'recovery.continue': 'Ik heb ze bewaard',
    'recovery.skip': 'Niet nu',

    'consent.title': 'Toegang toestaan?',
    'consent.title_for': 'Toegang toestaan voor {client}',
    'consent.lead': '{client} wil je account gebruiken.',
    'consent.signed_in': 'Ingelogd als',
    'consent.not_you': 'Ben jij dit niet?',
    'consent.scopes': 'Wat je toestaat',
    'consent.required': 'Hoort altijd bij het inloggen.',
    'consent.required_here': 'Zonder dit werkt deze toepassing niet.',
    'consent.remember': 'Vraag het me {duration} niet meer',
    'consent.new_client':
      '{client} is hier nieuw. Sta dit alleen toe als je de toepassing kent en er zelf ' +
      'vandaan komt.',
    'consent.undescribed': 'Hiervan is geen beschrijving.',
    'consent.claims': 'Losse gegevens waar ze om vraagt',
    'consent.resources': 'Waar ze deze toegang gebruikt',
    'consent.details': 'Wat ze precies wil doen',
    'consent.accept': 'Toestaan',
    'consent.deny': 'Niet toestaan',

    'scope.openid': 'Je herkennen',
    'releases.openid': 'Een kenmerk dat in deze toepassing voor jou staat.',
    'scope.profile': 'Je profiel zien',
    'releases.profile': 'Naam, gebruikersnaam, foto, geboortedatum, taal en dergelijke.',
    'scope.email': 'Je e-mailadres zien',
    'releases.email': 'Het adres, en of het is geverifieerd.',
    'scope.phone': 'Je telefoonnummer zien',
    'releases.phone': 'Het nummer, en of het is geverifieerd.',
    'scope.address': 'Je postadres zien',
    'releases.address': 'Straat, plaats, postcode en land.',
    'scope.groups': 'Je groepen zien',
    'releases.groups': 'De namen van de groepen waar je bij hoort.',
    'scope.offline_access': 'Toegang houden terwijl je weg bent',
    'releases.offline_access': 'Ze mag wat je hier toestaat, ook gebruiken als je weg bent.',
    'scope.ostiary:admin': 'Deze server beheren',
    'releases.ostiary:admin':
      'Applicaties, personen, sleutels en hun rechten mogen worden gewijzigd.',
    'scope.ostiary:read': 'Zien hoe deze server wordt beheerd',
    'releases.ostiary:read':
      'Applicaties, personen, sessies en wat er is gewijzigd, zonder geheimen.',

    'claim.sub': 'Je kenmerk',
    'claim.name': 'Volledige naam',
    'claim.given_name': 'Voornaam',
    'claim.family_name': 'Achternaam',
    'claim.middle_name': 'Tweede voornaam',
    'claim.nickname': 'Bijnaam',
    'claim.preferred_username': 'Gebruikersnaam',
    'claim.profile': 'Profielpagina',
    'claim.picture': 'Foto',
    'claim.website': 'Website',
    'claim.gender': 'Geslacht',
    'claim.birthdate': 'Geboortedatum',
    'claim.zoneinfo': 'Tijdzone',
    'claim.locale': 'Taal',
    'claim.updated_at': 'Wanneer je profiel voor het laatst is gewijzigd',
    'claim.email': 'E-mailadres',
    'claim.email_verified': 'Of je e-mailadres is geverifieerd',
    'claim.phone_number': 'Telefoonnummer',
    'claim.phone_number_verified': 'Of je telefoonnummer is geverifieerd',
    'claim.address': 'Postadres',
    'claim.groups': 'Groepen',
    'claim.acr': 'Hoe zeker is vastgesteld dat jij het bent',
    'claim.auth_time': 'Wanneer je bent ingelogd',

    'error.title': 'Dat is niet gelukt',
    'error.title_not_found': 'Hier is niets',
    'error.title_server': 'Er is iets stuk',
    'error.title_wait': 'Nu even niet',
    'error.lead':
      'Ga terug naar de toepassing en begin opnieuw. Als het weer mislukt, geef dan aan ' +
      'de beheerder ervan door wat hier staat.',
    'error.lead_not_found':
      'Dit adres leidt nergens heen. Controleer of het helemaal is gekopieerd.',
    'error.lead_server':
      'De fout ligt bij ons. Probeer het zo meteen opnieuw; als het aanhoudt, meld het ' +
      'dan aan de beheerder van deze server en noem de referentie.',
    'error.lead_wait': 'Er is te veel tegelijk te doen. Wacht even en probeer het dan opnieuw.',
    'error.details': 'Voor ontwikkelaars en beheerders',
    'error.code': 'Fout',
    'error.description': 'Beschrijving',
    'error.status': 'HTTP-status',
    'error.reference': 'Referentie',

    'account.username': 'Gebruikersnaam',
    'account.name': 'Naam',
    'account.name_note': 'Optioneel. Zo noemen toepassingen je.',
    'account.email': 'E-mailadres',
    'account.email_note': 'Toepassingen die je toestaat, kunnen het zien.',
    'account.email_optional': 'Optioneel. Toepassingen die je toestaat, kunnen het zien.',
    'account.password': 'Wachtwoord',
    'account.password_note': 'Minstens {count} tekens; een paar woorden zijn beter dan één.',
    'account.repeat': 'Wachtwoord nog een keer',
    'account.submit': 'Account maken',
    'account.problems': 'Er is nog geen account. Kijk naar wat hieronder is aangegeven.',
    'account.missing': 'Dit mag niet leeg zijn.',
    'account.differs': 'De twee wachtwoorden verschillen.',
    'account.taken':
      'Deze naam is bezet, of lijkt te veel op een naam die bezet is. Kies een andere.',
    'account.not_taken': 'Met deze naam kan hier geen account worden gemaakt.',

    'username.empty': 'Kies een naam die niet alleen uit spaties bestaat.',
    'username.too_long': 'Een gebruikersnaam heeft hoogstens {count} tekens.',
    'username.characters':
      'Een gebruikersnaam bestaat alleen uit letters, de cijfers 0 tot en met 9 en . _ - ' +
      '+ @',
    'username.mixed_scripts': 'Een gebruikersnaam mengt geen letters uit verschillende schriften.',
    'username.ends': 'Een gebruikersnaam begint en eindigt met een letter of een cijfer.',
    'username.stray_mark': 'Er staat een accent of klinkerteken zonder letter.',

    'password.too_short': 'Minstens {count} tekens: een korter wachtwoord is te snel geraden.',
    'password.too_long': 'Hoogstens {count} tekens.',
    'password.control_characters': 'Een wachtwoord kan geen tabs of regeleinden bevatten.',
    'password.is_name': 'Kies meer dan je gebruikersnaam, je e-mailadres of de naam van deze site.',
    'password.repeats': 'Kies meer dan een paar tekens steeds opnieuw: die zijn meteen geraden.',
    'password.is_sequence':
      'Kies meer dan toetsen of letters naast elkaar: die zijn meteen geraden.',
    'password.is_common':
      'Veel mensen gebruiken dit wachtwoord, dus het is meteen geraden. Kies een ander.',

    'format.text': 'Dit moet één regel tekst zijn die niet te lang is.',
    'format.url': 'Dit moet een webadres zijn dat begint met https:// of http://.',
    'format.email': 'Dit moet een e-mailadres zijn, zoals naam@example.com.',
    'format.birthdate': 'Dit moet een dag zijn als jaar-maand-dag, zoals 1990-02-28, of een jaar.',
    'format.zoneinfo': 'Dit moet een tijdzone zijn, zoals Europe/Amsterdam.',
    'format.locale': 'Dit moet een taalcode zijn, zoals nl of pt-BR.',
    'format.phone_number': 'Dit moet een telefoonnummer zijn dat begint met + en de landcode.',
    'format.address': 'Dit moet een postadres zijn dat niet te lang is.',

    'sign_up.title': 'Een account maken',
    'sign_up.title_for': 'Een account maken voor {client}',
    'sign_up.lead': 'om door te gaan naar {client}',
    'sign_up.lead_alone': 'bij {product}',
    'sign_up.slow_down':
      'Te veel pogingen om een account te maken. Probeer het over {duration} opnieuw.',
    'sign_up.busy': 'Er is nu veel te doen. Probeer het zo meteen opnieuw.',
    'sign_up.have_account': 'Heb je al een account?',
    'sign_up.login': 'Inloggen',

    'device.title': 'Een apparaat koppelen',
    'device.lead': 'met een code die het je toont',
    'device.code': 'Code op je apparaat',
    'device.code_note': 'Acht letters. Hoofdletters, spaties en streepjes maken niet uit.',
    'device.submit': 'Doorgaan',
    'device.wrong':
      'Er wacht geen apparaat met deze code. Controleer de letters; een code werkt een ' +
      'paar minuten, en voor één antwoord.',
    'device.slow_down': 'Er zijn te veel codes geprobeerd. Probeer het over {duration} opnieuw.',
    'device.confirm_title_for': 'Toegang toestaan voor {client} op een apparaat',
    'device.confirm_lead': '{client} op een apparaat wil je account gebruiken.',
    'device.compare': 'Sta dit alleen toe als het apparaat voor je deze code toont',
    'device.warning':
      'Als iemand je de code stuurde, of een link ermee, sta het dan niet toe: een ' +
      'vreemd apparaat zou in je account komen.',
    'device.approved_title': 'Apparaat gekoppeld',
    'device.approved_lead': '{client} mag nu op het apparaat je account gebruiken.',
    'device.approved_task':
      'Je kunt deze pagina sluiten en teruggaan naar je apparaat. Het gaat zo vanzelf ' +
      'verder.',
    'device.denied_title': 'Toegang niet toegestaan',
    'device.denied_lead': '{client} op het apparaat mag je account niet gebruiken.',
    'device.denied_task':
      'Je kunt deze pagina sluiten. Het apparaat krijgt te horen dat je nee zei.',

    'requests.none': 'Geen enkele toepassing vraagt je iets.',
    'requests.waiting': 'Wacht op je antwoord',
    'requests.others': 'Wacht ook op je antwoord',
    'requests.asks': '{client} vraagt je in te loggen',
    'requests.left': 'Je kunt nog {duration} antwoorden.',
    'requests.compare': 'Keur alleen goed als de toepassing je dezelfde woorden toont',
    'requests.warning':
      'Keur alleen goed wat je net zelf bent begonnen. Als iemand je vraagt dit goed te keuren, weiger dan: die persoon zou in je account komen.',
    'requests.approve': 'Goedkeuren',
    'requests.look': 'Bekijken',
    'requests.count': '{count} open',
    'requests.code': 'Gebruikerscode',
    'requests.code_about':
      'Toepassingen die je vragen in te loggen, moeten deze code kennen voordat je ervan hoort. Stel er een in als verzoeken die je niet bent begonnen je storen, en geef hem aan niemand behalve de toepassing.',
    'requests.code_set': 'Je hebt een gebruikerscode.',
    'requests.code_new': 'Je nieuwe code',
    'requests.code_note': '4 tot 64 tekens; niet je wachtwoord.',
    'requests.code_length': 'De code moet 4 tot 64 tekens hebben.',
    'requests.code_save': 'Code opslaan',
    'requests.code_remove': 'Code verwijderen',

    'forbidden.title': 'Geen toegang',
    'forbidden.lead': '{host} is niet voor je toegankelijk.',
    'forbidden.task': 'Vraag de beheerders om toegang of gebruik een ander account.',

    'setup.title': 'Instellen',
    'setup.heading': 'Jij bent de eerste',
    'setup.lead': 'Kies hoe je gaat inloggen. Dit account beheert {product}.',
    'setup.closed_title': 'Link niet meer geldig',
    'setup.used': 'Het eerste account is al gemaakt.',
    'setup.used_task':
      'Als jij het niet was, meld het dan meteen aan de beheerder van deze server.',
    'setup.expired': 'Deze link is verlopen, of vervangen door een nieuwere.',
    'setup.expired_task':
      'Zolang er geen account is, toont de server bij elke start een nieuwe link. ' +
      'Gebruik de nieuwste, in zijn geheel.',
    'setup.done_title': 'Helemaal klaar, {username}',
    'setup.done_lead': 'Je account bij {product} is klaar. Dit komt hierna.',
    'setup.next_client': 'Een toepassing registreren',
    'setup.next_client_note':
      'Op de machine waarop deze server draait, met het callback-adres van je toepassing:',
    'setup.next_discovery': 'De toepassing vertellen waar ze moet kijken',
    'setup.next_discovery_note': 'Al het andere vindt ze via de discovery-URL:',
    'setup.next_docs': 'Verder lezen',

    'home.title': 'Ostiary draait hier',
    'home.lead': 'Deze server logt mensen in bij hun toepassingen.',
    'home.lead_pending': 'Hij wacht op zijn eerste beheerder.',
    'home.setup': 'Nog geen account',
    'home.setup_note':
      'Bij het starten toonde de server een link voor de eerste beheerder. Open die link ' +
      'om een gebruikersnaam en een wachtwoord te kiezen.',
    'home.applications': 'Voor toepassingen',
    'home.issuer': 'Issuer',
    'home.discovery': 'Discovery-document',

    'reset.title': 'Kies een nieuw wachtwoord',
    'reset.lead': 'Vertel ons wie je bent, dan sturen we je een link.',
    'reset.submit': 'Link sturen',
    'reset.sent_title': 'Kijk in je mail',
    'reset.sent': 'Als dit account bestaat en een e-mailadres heeft, is er een link onderweg.',
    'reset.sent_note': 'De link is {duration} geldig, voor één nieuw wachtwoord.',
    'reset.sent_task':
      'Komt er niets? Kijk bij de ongewenste mail, of vraag de beheerder van deze server ' +
      'om een link.',
    'reset.slow_down': 'Er is te vaak om een link gevraagd. Probeer het over {duration} opnieuw.',
    'reset.new_lead': 'voor het account {username}',
    'reset.password': 'Nieuw wachtwoord',
    'reset.repeat': 'Nieuw wachtwoord nog een keer',
    'reset.save': 'Nieuw wachtwoord opslaan',
    'reset.busy': 'Er is nu veel te doen. Verstuur het zo meteen opnieuw.',
    'reset.problems': 'Je wachtwoord is nog niet gewijzigd. Kijk naar wat hieronder is aangegeven.',
    'reset.void_title': 'Link niet meer geldig',
    'reset.void': 'Deze link is al gebruikt, verlopen of niet volledig.',
    'reset.again': 'Een nieuwe link vragen',
    'reset.ask_operator': 'Vraag de beheerder van deze server om een nieuwe link.',
    'reset.back': 'Terug naar inloggen',

    'mail.greeting': 'Hallo {username},',
    'mail.not_you': 'Als jij dit niet was, meld het dan meteen aan de beheerder van {host}.',
    'mail.password_changed_subject': 'Je wachtwoord is gewijzigd',
    'mail.password_changed':
      'Je wachtwoord bij {host} is gewijzigd. Alle apparaten zijn uitgelogd.',
    'mail.password_reset_subject': 'Je hebt een nieuw wachtwoord',
    'mail.password_reset':
      'Je hebt een nieuw wachtwoord bij {host}, via een link. Alle apparaten zijn ' +
      'uitgelogd.',
    'mail.factor_added_subject': 'Nog een manier om te tonen dat jij het bent',
    'mail.factor_added': 'Aan je account bij {host} is een tweede factor toegevoegd.',
    'mail.factor_removed_subject': 'Een tweede factor is verwijderd',
    'mail.factor_removed': 'Van je account bij {host} is een tweede factor verwijderd.',
    'mail.recovery_code_used_subject': 'Er is een herstelcode gebruikt',
    'mail.recovery_code_used': 'Iemand is bij {host} ingelogd met een van je herstelcodes.',
    'mail.reset_link_subject': 'Kies een nieuw wachtwoord',
    'mail.reset_link':
      'Kies met deze link een nieuw wachtwoord voor {host}. Hij is {duration} geldig en ' +
      'werkt één keer:',
    'mail.reset_link_not_you': 'Als jij het niet was, hoef je niets te doen: je wachtwoord blijft.',
    'mail.request_subject': 'Een verzoek wacht op je antwoord',
    'mail.request':
      'Een toepassing vraagt je in te loggen bij {host}. Bekijk het verzoek en antwoord binnen {duration}:',
    'mail.request_not_you':
      'Keur alleen goed wat je zelf bent begonnen. Was jij het niet, weiger dan.',

    'logout.title': 'Uitloggen?',
    'logout.lead': '{client} vraagt om je uit te loggen.',
    'logout.lead_alone': 'van je account bij {product}',
    'logout.accounts': 'Welke accounts uitloggen',
    'logout.note': 'Toepassingen waarbij je bent ingelogd, kunnen je ook uitloggen.',
    'logout.submit': 'Uitloggen',
    'logout.stay': 'Ingelogd blijven',
    'logout.stayed_title': 'Je bent nog ingelogd',
    'logout.stayed_lead': 'Er is niets veranderd.',
    'logout.to_client': 'Terug naar {client}',

    'logged_out.title': 'Je bent uitgelogd',
    'logged_out.lead': 'van je account bij {product}',
    'logged_out.note': 'Je kunt deze pagina sluiten.',
    'logged_out.staying': 'Hier nog ingelogd: {accounts}',
    'logged_out.sign_in': 'Opnieuw inloggen',

    'form_post.title': 'Een moment',
    'form_post.lead': 'Je bent op weg terug naar de toepassing.',
    'form_post.note': 'Als er niets vanzelf gebeurt, ga dan hier verder.',
    'form_post.submit': 'Doorgaan',

    'account_overview.title': 'Je account',
    'account_overview.open': 'Openen',
    'account_overview.factors': 'Tweede factoren',
    'account_overview.here': 'Ingelogd op dit apparaat',
    'account_overview.switch': 'Een ander account gebruiken',
    'account_overview.sign_out': 'Hier uitloggen',

    'account_profile.note':
      'Toepassingen die je toestaat, kunnen zien wat je invult. Alles is optioneel.',
    'account_profile.read_only':
      'Je profiel wordt elders bewaard en kan hier niet worden gewijzigd.',
    'account_profile.problems': 'Er is niets opgeslagen. Kijk naar wat hieronder is aangegeven.',
    'account_profile.verified': 'geverifieerd',
    'account_profile.unverified': 'niet geverifieerd',
    'account_profile.save': 'Opslaan',
    'address.street_address': 'Straat en huisnummer',
    'address.locality': 'Plaats',
    'address.region': 'Provincie of regio',
    'address.postal_code': 'Postcode',
    'address.country': 'Land',

    'account_password.note':
      'Alle andere apparaten worden uitgelogd, en toepassingen verliezen hun toegang.',
    'account_password.read_only':
      'Je wachtwoord wordt elders bewaard en kan hier niet worden gewijzigd.',
    'account_password.current': 'Huidig wachtwoord',
    'account_password.next': 'Nieuw wachtwoord',
    'account_password.submit': 'Wachtwoord wijzigen',
    'account_password.wrong': 'Dit is niet je huidige wachtwoord.',

    'account_sessions.device': '{browser} op {system}',
    'account_sessions.unknown': 'Onbekend apparaat',
    'account_sessions.this': 'Dit apparaat',
    'account_sessions.used': 'Laatst gebruikt: {time}',
    'account_sessions.since': 'Ingelogd: {time}',
    'account_sessions.end': 'Uitloggen',
    'account_sessions.end_others': 'Overal elders uitloggen',

    'account_applications.none': 'Geen toepassing heeft toegang tot je account.',
    'account_applications.granted': 'Toegestaan: {time}',
    'account_applications.revoke': 'Toegang intrekken',
    'account_applications.saved': 'Bewaarde antwoorden',
    'account_applications.saved_note': 'Tot ze verlopen, wordt het je niet opnieuw gevraagd.',
    'account_applications.until': 'Tot {time}',
    'account_applications.forget': 'Opnieuw vragen',

    'account_done.profile_saved': 'Je profiel is opgeslagen.',
    'account_done.password_changed':
      'Je wachtwoord is gewijzigd. Alle andere apparaten zijn uitgelogd.',
    'account_done.session_ended': 'Dat apparaat is uitgelogd.',
    'account_done.sessions_ended': 'Alle andere apparaten zijn uitgelogd.',
    'account_done.request_approved': 'Goedgekeurd. De toepassing gaat vanzelf verder.',
    'account_done.request_denied': 'Geweigerd. De toepassing krijgt te horen dat je nee zei.',
    'account_done.request_over': 'Dat verzoek is voorbij: het is al beantwoord of verlopen.',
    'account_done.user_code_set': 'Je gebruikerscode is opgeslagen.',
    'account_done.user_code_removed': 'Je hebt geen gebruikerscode meer.',
    'account_done.application_revoked': 'De toepassing heeft geen toegang meer.',
    'account_done.consent_removed': 'Het wordt je opnieuw gevraagd.',
    'account_done.factor_added': 'Het is ingesteld.',
    'account_done.factor_removed': 'Het is verwijderd.',

    'account_activity.none': 'Er is nog niets gebeurd.',
    'account_activity.count': '{count} keer',
    'activity.signed_in': 'Ingelogd',
    'activity.sign_in_failed': 'Verkeerd wachtwoord',
    'activity.second_factor_failed': 'Verkeerde tweede factor',
    'activity.password_changed': 'Wachtwoord gewijzigd',
    'activity.password_reset': 'Wachtwoord vervangen via een link',
    'activity.factor_added': 'Tweede factor toegevoegd',
    'activity.factor_removed': 'Tweede factor verwijderd',
    'activity.recovery_codes_made': 'Herstelcodes gemaakt',
    'activity.recovery_code_used': 'Herstelcode gebruikt',
    'activity.session_ended': 'Apparaat uitgelogd',
    'activity.application_revoked': 'Toegang van {client} ingetrokken',
    'activity.request_approved': 'Verzoek van {client} goedgekeurd',
    'activity.request_denied': 'Verzoek van {client} geweigerd',
    'activity.profile_changed': 'Profiel gewijzigd',
  },
};
