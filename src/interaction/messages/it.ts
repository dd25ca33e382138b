import type { Language } from '../messages.ts';

/** Every word on our pages, in Italian. */
export const it: Language = {
  lang: 'it',
  dir: 'ltr',
  texts: {
    'frame.title': '{title} · {product}',
    'frame.footer': 'Realizzato con Ostiary',
    'frame.language': 'Lingua',
    'frame.language_submit': 'Cambia',
    'frame.problem': 'Problema: {title}',
    'frame.new_tab': '(si apre in una nuova scheda)',

    'sections.label': 'Il tuo account',
    'sections.overview': 'Panoramica',
    'sections.profile': 'Profilo',
    'sections.password': 'Password',
    'sections.factors': 'Sicurezza',
    'sections.requests': 'Richieste',
    'sections.sessions': 'Sessioni',
    'sections.applications': 'Applicazioni',
    'sections.activity': 'Attività',
    'sections.signed_in': 'Accesso effettuato come',

    'client.returns': 'Tornerai a {host}',
    'client.policy': 'Informativa sulla privacy',
    'client.tos': 'Termini di servizio',

    'login.title': 'Accedi',
    'login.title_for': 'Accedi a {client}',
    'login.lead': 'per continuare su {client}',
    'login.lead_alone': 'con il tuo account {product}',
    'login.username': 'Nome utente',
    'login.password': 'Password',
    'login.remember': 'Mantieni l’accesso',
    'login.remember_note': 'Solo su un dispositivo tuo.',
    'login.submit': 'Accedi',
    'login.wrong': 'Nome utente e password non corrispondono. Controlla entrambi e riprova.',
    'login.slow_down': 'Troppi tentativi. Aspetta un po’, poi riprova.',
    'login.slow_down_for': 'Troppi tentativi. Riprova tra {duration}.',
    'login.busy': 'Molte persone stanno accedendo in questo momento. Riprova tra poco.',
    'login.passkey': 'Accedi con una passkey',
    'login.passkey_refused':
      'Questa passkey non è stata accettata. Riprova oppure usa la password.',
    'login.ended': 'Troppi codici errati. Accedi di nuovo.',
    'login.sign_up': 'Non hai ancora un account?',
    'login.sign_up_link': 'Creane uno',
    'login.forgot': 'Hai dimenticato la password?',
    'login.password_reset': 'La nuova password è salvata. Usala per accedere.',
    'login.expired':
      'Questa pagina è rimasta aperta troppo a lungo. Inserisci di nuovo la password.',

    'select_account.title': 'Scegli un account',
    'select_account.other': 'Usa un altro account',

    'passkey.failed': 'Non è stata usata nessuna passkey. Riprova o scegli un altro modo.',
    'passkey.unsupported': 'Questo browser non supporta le passkey.',
    'passkey.noscript': 'Le passkey richiedono un browser che esegua gli script.',

    'second_factor.title': 'Conferma che sei tu',
    'second_factor.lead': 'Ancora un passaggio prima di continuare su {client}',
    'second_factor.lead_alone': 'Ancora un passaggio per il tuo account {product}',
    'second_factor.totp': 'Codice della tua app di autenticazione',
    'second_factor.totp_note': 'Sei cifre, che cambiano ogni 30 secondi.',
    'second_factor.recovery': 'Codice di recupero',
    'second_factor.recovery_note':
      'Uno di quelli che hai conservato. Ciascuno vale una volta sola.',
    'second_factor.verify': 'Continua',
    'second_factor.passkey': 'Usa una passkey',
    'second_factor.use_recovery': 'Usa un codice di recupero',
    'second_factor.use_other': 'Prova un altro modo',
    'second_factor.elsewhere':
      'Le tue passkey valgono solo su {hosts}. Accedi lì e aggiungi un’app di ' +
      'autenticazione, che vale anche qui.',
    'second_factor.wrong': 'Non era corretto. Riprova; un codice già usato non vale più.',
    'second_factor.needed_title': 'Serve un secondo passaggio',
    'second_factor.needed_lead': '{client} chiede più di una password',
    'second_factor.needed_note':
      'Scegli con che cosa confermerai i tuoi accessi. Potrai aggiungerne altri in ' +
      'seguito.',
    'second_factor.needed_totp': 'App di autenticazione',
    'second_factor.needed_passkey': 'Passkey',

    'factors.title': 'Sicurezza',
    'factors.second': 'Secondo passaggio',
    'factors.second_note':
      'Ciò che conferma che sei tu, oltre alla password. Con una passkey puoi anche ' +
      'accedere senza password.',
    'factors.none': 'Non c’è ancora nulla. La sola password apre il tuo account.',
    'factors.totp': 'App di autenticazione',
    'factors.passkey': 'Passkey',
    'factors.created': 'Aggiunta: {date}',
    'factors.used': 'ultimo uso: {date}',
    'factors.elsewhere': 'per {host}',
    'factors.remove': 'Rimuovi',
    'factors.remove_named': 'Rimuovi {name}',
    'factors.add_totp': 'Aggiungi un’app di autenticazione',
    'factors.add_passkey': 'Aggiungi una passkey',
    'factors.name': 'Nome',
    'factors.name_note': 'Facoltativo. Serve a distinguerla dalle altre.',
    'factors.full': 'Ce ne sono già troppe. Prima rimuovine una.',

    'totp.title': 'Aggiungi un’app di autenticazione',
    'totp.scan': 'Scansiona questo codice con l’app',
    'totp.qr': 'Codice QR per un’app di autenticazione',
    'totp.type': 'Oppure inserisci questa chiave nell’app',
    'totp.code': 'Codice mostrato dall’app',
    'totp.submit': 'Aggiungi',
    'totp.wrong':
      'Il codice non era corretto. Aspetta il prossimo e controlla l’ora del dispositivo.',
    'totp.expired':
      'Questa pagina è rimasta aperta troppo a lungo. Scansiona il nuovo codice qui ' +
      'sotto.',

    'passkey.title': 'Aggiungi una passkey',
    'passkey.about':
      'È conservata su questo dispositivo, nel tuo gestore di password o in una chiave di ' +
      'sicurezza, e si sblocca con l’impronta, il volto o un PIN.',
    'passkey.submit': 'Aggiungi una passkey',
    'passkey.refused': 'Questa passkey non è stata accettata. Riprova.',
    'passkey.known': 'Questa passkey c’è già.',

    'recovery.title': 'Codici di recupero',
    'recovery.about':
      'Ti permettono di entrare se hai perso ciò con cui confermi gli accessi. Ciascuno ' +
      'vale una volta sola.',
    'recovery.remaining': 'Codici rimasti: {count}',
    'recovery.replaced': 'I nuovi codici sostituiscono quelli precedenti.',
    'recovery.make': 'Crea codici di recupero',
    'recovery.keep':
      'Stampali o annotali, e conservali separati dal dispositivo. Non saranno mostrati di nuovo.',
    'recovery.continue': 'Li ho conservati',
    'recovery.skip': 'Non ora',

    'consent.title': 'Consentire l’accesso?',
    'consent.title_for': 'Consenti a {client} di accedere al tuo account',
    'consent.lead': '{client} vuole usare il tuo account.',
    'consent.signed_in': 'Accesso effettuato come',
    'consent.not_you': 'Non sei tu?',
    'consent.scopes': 'Che cosa consenti',
    'consent.required': 'Fa sempre parte dell’accesso.',
    'consent.required_here': 'Questa applicazione non funziona senza.',
    'consent.remember': 'Non chiedermelo più per {duration}',
    'consent.new_client':
      'L’applicazione {client} è nuova qui. Consenti solo se la conosci e se hai aperto tu ' +
      'questa pagina da lì.',
    'consent.undescribed': 'Non c’è una descrizione.',
    'consent.claims': 'Singoli dati che chiede',
    'consent.resources': 'Dove userà questo accesso',
    'consent.details': 'Che cosa vuole fare esattamente',
    'consent.accept': 'Consenti',
    'consent.deny': 'Non consentire',

    'scope.openid': 'Riconoscerti',
    'releases.openid': 'Un identificativo che ti rappresenta in questa applicazione.',
    'scope.profile': 'Vedere il tuo profilo',
    'releases.profile': 'Nome, nome utente, foto, data di nascita, lingua e simili.',
    'scope.email': 'Vedere il tuo indirizzo e-mail',
    'releases.email': 'L’indirizzo, e se è stato verificato.',
    'scope.phone': 'Vedere il tuo numero di telefono',
    'releases.phone': 'Il numero, e se è stato verificato.',
    'scope.address': 'Vedere il tuo indirizzo postale',
    'releases.address': 'Via, città, CAP e paese.',
    'scope.groups': 'Vedere i tuoi gruppi',
    'releases.groups': 'I nomi dei gruppi di cui fai parte.',
    'scope.offline_access': 'Mantenere l’accesso in tua assenza',
    'releases.offline_access':
      'Potrà continuare a usare ciò che consenti qui anche dopo che l’hai chiusa.',
    'scope.ostiary:admin': 'Amministrare questo server',
    'releases.ostiary:admin':
      'Potrà modificare applicazioni, persone, chiavi e ciò che è loro consentito.',
    'scope.ostiary:read': 'Vedere come viene amministrato questo server',
    'releases.ostiary:read':
      'Applicazioni, persone, sessioni e ciò che è stato modificato, senza segreti.',

    'claim.sub': 'Il tuo identificativo',
    'claim.name': 'Nome completo',
    'claim.given_name': 'Nome',
    'claim.family_name': 'Cognome',
    'claim.middle_name': 'Secondo nome',
    'claim.nickname': 'Soprannome',
    'claim.preferred_username': 'Nome utente',
    'claim.profile': 'Pagina del profilo',
    'claim.picture': 'Foto',
    'claim.website': 'Sito web',
    'claim.gender': 'Genere',
    'claim.birthdate': 'Data di nascita',
    'claim.zoneinfo': 'Fuso orario',
    'claim.locale': 'Lingua',
    'claim.updated_at': 'Ultima modifica del profilo',
    'claim.email': 'Indirizzo e-mail',
    'claim.email_verified': 'Se il tuo indirizzo e-mail è stato verificato',
    'claim.phone_number': 'Numero di telefono',
    'claim.phone_number_verified': 'Se il tuo numero di telefono è stato verificato',
    'claim.address': 'Indirizzo postale',
    'claim.groups': 'Gruppi',
    'claim.acr': 'Livello di sicurezza dell’accesso',
    'claim.auth_time': 'Quando hai effettuato l’accesso',

    'error.title': 'Non ha funzionato',
    'error.title_not_found': 'Qui non c’è nulla',
    'error.title_server': 'Qualcosa è andato storto',
    'error.title_wait': 'Non in questo momento',
    'error.lead': 'Torna all’applicazione e ricomincia. Se non riesce ancora, riferisci a chi la ' +
      'gestisce ciò che è mostrato qui.',
    'error.lead_not_found':
      'Questo indirizzo non porta da nessuna parte. Controlla che sia stato copiato per ' +
      'intero.',
    'error.lead_server':
      'L’errore è nostro. Riprova tra poco; se continua, avvisa chi gestisce questo ' +
      'server e indica il riferimento.',
    'error.lead_wait': 'Ci sono troppe richieste insieme. Aspetta un po’, poi riprova.',
    'error.details': 'Per sviluppatori e gestori',
    'error.code': 'Errore',
    'error.description': 'Descrizione',
    'error.status': 'Stato HTTP',
    'error.reference': 'Riferimento',

    'account.username': 'Nome utente',
    'account.name': 'Nome',
    'account.name_note': 'Facoltativo. Così ti chiameranno le applicazioni.',
    'account.email': 'Indirizzo e-mail',
    'account.email_note': 'Le applicazioni che autorizzi possono vederlo.',
    'account.email_optional': 'Facoltativo. Le applicazioni che autorizzi possono vederlo.',
    'account.password': 'Password',
    'account.password_note': 'Almeno {count} caratteri; alcune parole sono meglio di una.',
    'account.repeat': 'Ripeti la password',
    'account.submit': 'Crea account',
    'account.problems':
      'L’account non è ancora stato creato. Guarda che cosa è segnalato qui sotto.',
    'account.missing': 'Questo campo non può essere vuoto.',
    'account.differs': 'Le due password sono diverse.',
    'account.taken':
      'Questo nome è già preso, o si confonde troppo facilmente con uno già preso. ' +
      'Scegline un altro.',
    'account.not_taken': 'Con questo nome qui non si può creare un account.',

    'username.empty': 'Scegli un nome che non sia fatto solo di spazi.',
    'username.too_long': 'Un nome utente ha al massimo {count} caratteri.',
    'username.characters':
      'Un nome utente è fatto solo di lettere, delle cifre da 0 a 9 e di . _ - + @',
    'username.mixed_scripts': 'Un nome utente non mescola lettere di scritture diverse.',
    'username.ends': 'Un nome utente inizia e finisce con una lettera o una cifra.',
    'username.stray_mark': 'C’è un accento o un segno vocalico senza lettera.',

    'password.too_short':
      'Almeno {count} caratteri: una password più corta si indovina troppo in fretta.',
    'password.too_long': 'Al massimo {count} caratteri.',
    'password.control_characters':
      'Una password non può contenere tabulazioni o interruzioni di riga.',
    'password.is_name':
      'Scegli qualcosa di più del tuo nome utente, del tuo indirizzo e-mail o del nome ' +
      'di questo sito.',
    'password.repeats': 'Scegli qualcosa di più di pochi caratteri ripetuti: si indovinano subito.',
    'password.is_sequence':
      'Scegli qualcosa di più di tasti o lettere vicini: si indovinano subito.',
    'password.is_common':
      'Molte persone usano questa password, quindi si indovina subito. Scegline un’altra.',

    'format.text': 'Deve essere una riga di testo non troppo lunga.',
    'format.url': 'Deve essere un indirizzo web che inizia con https:// o http://.',
    'format.email': 'Deve essere un indirizzo e-mail, come nome@example.com.',
    'format.birthdate':
      'Deve essere un giorno come anno-mese-giorno, ad esempio 1990-02-28, oppure un ' +
      'anno.',
    'format.zoneinfo': 'Deve essere un fuso orario, come Europe/Rome.',
    'format.locale': 'Deve essere un codice di lingua, come it o pt-BR.',
    'format.phone_number':
      'Deve essere un numero di telefono che inizia con + e il prefisso del paese.',
    'format.address': 'Deve essere un indirizzo postale non troppo lungo.',

    'sign_up.title': 'Crea un account',
    'sign_up.title_for': 'Crea un account per {client}',
    'sign_up.lead': 'per continuare su {client}',
    'sign_up.lead_alone': 'su {product}',
    'sign_up.slow_down': 'Troppi tentativi di creare un account. Riprova tra {duration}.',
    'sign_up.busy': 'Ci sono molte richieste in questo momento. Riprova tra poco.',
    'sign_up.have_account': 'Hai già un account?',
    'sign_up.login': 'Accedi',

    'device.title': 'Collega un dispositivo',
    'device.lead': 'con un codice che ti mostra',
    'device.code': 'Codice sul dispositivo',
    'device.code_note': 'Otto lettere. Maiuscole, spazi e trattini non contano.',
    'device.submit': 'Continua',
    'device.wrong':
      'Nessun dispositivo è in attesa con questo codice. Controlla le lettere; un codice ' +
      'vale pochi minuti e per una sola risposta.',
    'device.slow_down': 'Sono stati provati troppi codici. Riprova tra {duration}.',
    'device.confirm_title_for': 'Consenti a {client} di accedere al tuo account su un dispositivo',
    'device.confirm_lead': '{client}, su un dispositivo, vuole usare il tuo account.',
    'device.compare': 'Consenti solo se il dispositivo davanti a te mostra questo codice',
    'device.warning':
      'Se qualcuno ti ha mandato il codice, o un link che lo contiene, non consentire: ' +
      'il suo dispositivo entrerebbe nel tuo account.',
    'device.approved_title': 'Dispositivo collegato',
    'device.approved_lead': '{client} ora può usare il tuo account sul dispositivo.',
    'device.approved_task':
      'Puoi chiudere questa pagina e tornare al dispositivo. Tra poco continua da solo.',
    'device.denied_title': 'Accesso non consentito',
    'device.denied_lead': '{client}, sul dispositivo, non può usare il tuo account.',
    'device.denied_task': 'Puoi chiudere questa pagina. Il dispositivo saprà che hai detto di no.',

    'requests.none': 'Nessuna applicazione ti chiede qualcosa.',
    'requests.waiting': 'In attesa della tua risposta',
    'requests.others': 'Anche queste attendono la tua risposta',
    'requests.asks': '{client} ti chiede di accedere',
    'requests.left': 'Puoi rispondere ancora per {duration}.',
    'requests.compare': 'Approva solo se l’applicazione ti mostra queste stesse parole',
    'requests.warning':
      'Approva solo ciò che hai appena iniziato tu. Se qualcuno ti chiede di approvare, rifiuta: entrerebbe nel tuo account.',
    'requests.approve': 'Approva',
    'requests.look': 'Guarda',
    'requests.count': '{count} in attesa',
    'requests.code': 'Codice utente',
    'requests.code_about':
      'Le applicazioni che ti chiedono di accedere devono conoscere questo codice prima che la richiesta ti arrivi. Scegline uno se ti disturbano richieste che non hai iniziato, e non dirlo a nessuno tranne che all’applicazione.',
    'requests.code_set': 'Hai un codice utente.',
    'requests.code_new': 'Il tuo nuovo codice',
    'requests.code_note': 'Da 4 a 64 caratteri; non la tua password.',
    'requests.code_length': 'Il codice deve avere da 4 a 64 caratteri.',
    'requests.code_save': 'Salva il codice',
    'requests.code_remove': 'Rimuovi il codice',

    'forbidden.title': 'Accesso negato',
    'forbidden.lead': 'Non puoi entrare in {host}.',
    'forbidden.task': 'Chiedi l’accesso a chi lo gestisce oppure usa un altro account.',

    'setup.title': 'Configurazione',
    'setup.heading': 'Sei la prima persona qui',
    'setup.lead': 'Scegli come accederai. Questo account amministra {product}.',
    'setup.closed_title': 'Link non più valido',
    'setup.used': 'Il primo account è già stato creato.',
    'setup.used_task': 'Se non lo hai creato tu, avvisa subito chi gestisce questo server.',
    'setup.expired': 'Questo link è scaduto, o uno più recente lo ha sostituito.',
    'setup.expired_task':
      'Finché non c’è un account, il server mostra un nuovo link a ogni avvio. Usa ' +
      'l’ultimo, per intero.',
    'setup.done_title': 'Tutto pronto, {username}',
    'setup.done_lead': 'Il tuo account {product} è pronto. Ecco che cosa viene dopo.',
    'setup.next_client': 'Registra un’applicazione',
    'setup.next_client_note':
      'Sul computer in cui è in esecuzione questo server, con l’indirizzo di ritorno ' +
      '(callback) della tua applicazione:',
    'setup.next_discovery': 'Indica all’applicazione dove cercare',
    'setup.next_discovery_note': 'Trova tutto il resto tramite l’URL di discovery:',
    'setup.next_docs': 'Continua a leggere',

    'home.title': 'Qui è in esecuzione Ostiary',
    'home.lead': 'Questo server fa accedere le persone alle loro applicazioni.',
    'home.lead_pending': 'Aspetta il suo primo amministratore.',
    'home.setup': 'Nessun account ancora',
    'home.setup_note':
      'All’avvio il server ha mostrato un link per il primo amministratore. Aprilo per ' +
      'scegliere un nome utente e una password.',
    'home.applications': 'Per le applicazioni',
    'home.issuer': 'Issuer',
    'home.discovery': 'Documento di discovery',

    'reset.title': 'Scegli una nuova password',
    'reset.lead': 'Dicci chi sei e ti inviamo un link.',
    'reset.submit': 'Invia il link',
    'reset.sent_title': 'Controlla la posta',
    'reset.sent': 'Se questo account esiste e ha un indirizzo e-mail, un link è in arrivo.',
    'reset.sent_note': 'Vale {duration} e per una sola nuova password.',
    'reset.sent_task':
      'Non arriva nulla? Guarda nella posta indesiderata, o chiedi un link a chi ' +
      'gestisce questo server.',
    'reset.slow_down': 'Troppe richieste di link. Riprova tra {duration}.',
    'reset.new_lead': 'per l’account {username}',
    'reset.password': 'Nuova password',
    'reset.repeat': 'Ripeti la nuova password',
    'reset.save': 'Salva la nuova password',
    'reset.busy': 'Ci sono molte richieste in questo momento. Invia di nuovo tra poco.',
    'reset.problems': 'La password non è ancora cambiata. Guarda che cosa è segnalato qui sotto.',
    'reset.void_title': 'Link non più valido',
    'reset.void': 'Questo link è già stato usato, è scaduto o non è completo.',
    'reset.again': 'Chiedi un nuovo link',
    'reset.ask_operator': 'Chiedi un nuovo link a chi gestisce questo server.',
    'reset.back': 'Torna all’accesso',

    'mail.greeting': 'Ciao {username},',
    'mail.not_you': 'Se non riconosci questa operazione, avvisa subito chi gestisce {host}.',
    'mail.password_changed_subject': 'La tua password è stata cambiata',
    'mail.password_changed':
      'La tua password su {host} è stata cambiata. Tutti i dispositivi sono stati disconnessi.',
    'mail.password_reset_subject': 'Hai una nuova password',
    'mail.password_reset':
      'Hai una nuova password su {host}, scelta tramite un link. Tutti i dispositivi ' +
      'sono stati disconnessi.',
    'mail.factor_added_subject': 'Un altro modo per dimostrare che sei tu',
    'mail.factor_added': 'Al tuo account su {host} è stato aggiunto un secondo fattore.',
    'mail.factor_removed_subject': 'Un secondo fattore è stato rimosso',
    'mail.factor_removed': 'Dal tuo account su {host} è stato rimosso un secondo fattore.',
    'mail.recovery_code_used_subject': 'È stato usato un codice di recupero',
    'mail.recovery_code_used':
      'Qualcuno ha effettuato l’accesso a {host} con uno dei tuoi codici di recupero.',
    'mail.reset_link_subject': 'Scegli una nuova password',
    'mail.reset_link':
      'Scegli una nuova password per {host} con questo link, entro {duration} e una volta sola:',
    'mail.reset_link_not_you':
      'Se non lo hai chiesto tu, non c’è nulla da fare: la tua password resta la stessa.',
    'mail.request_subject': 'Una richiesta attende la tua risposta',
    'mail.request':
      'Un’applicazione ti chiede di accedere a {host}. Guarda la richiesta e rispondi entro {duration}:',
    'mail.request_not_you': 'Approva solo ciò che hai iniziato tu. Se non sei stato tu, rifiuta.',

    'logout.title': 'Vuoi uscire?',
    'logout.lead': '{client} chiede di disconnetterti.',
    'logout.lead_alone': 'dal tuo account su {product}',
    'logout.accounts': 'Quali account disconnettere',
    'logout.note': 'Anche le applicazioni a cui hai eseguito l’accesso potrebbero disconnetterti.',
    'logout.submit': 'Esci',
    'logout.stay': 'Non uscire',
    'logout.stayed_title': 'La sessione è ancora attiva',
    'logout.stayed_lead': 'Non è cambiato nulla.',
    'logout.to_client': 'Torna a {client}',

    'logged_out.title': 'Disconnessione effettuata',
    'logged_out.lead': 'dal tuo account su {product}',
    'logged_out.note': 'Puoi chiudere questa pagina.',
    'logged_out.staying': 'Account ancora connessi qui: {accounts}',
    'logged_out.sign_in': 'Accedi di nuovo',

    'form_post.title': 'Un momento',
    'form_post.lead': 'Stai tornando all’applicazione.',
    'form_post.note': 'Se non succede nulla da solo, continua qui.',
    'form_post.submit': 'Continua',

    'account_overview.title': 'Il tuo account',
    'account_overview.open': 'Apri',
    'account_overview.factors': 'Secondi fattori',
    'account_overview.here': 'Account su questo dispositivo',
    'account_overview.switch': 'Usa un altro account',
    'account_overview.sign_out': 'Esci da questo dispositivo',

    'account_profile.note':
      'Le applicazioni che autorizzi possono vedere ciò che inserisci. È tutto facoltativo.',
    'account_profile.read_only': 'Il tuo profilo è gestito altrove e non si può cambiare qui.',
    'account_profile.problems': 'Non è stato salvato nulla. Guarda che cosa è segnalato qui sotto.',
    'account_profile.verified': 'verificato',
    'account_profile.unverified': 'non verificato',
    'account_profile.save': 'Salva',
    'address.street_address': 'Via e numero',
    'address.locality': 'Città',
    'address.region': 'Provincia o regione',
    'address.postal_code': 'CAP',
    'address.country': 'Paese',

    'account_password.note':
      'Tutti gli altri dispositivi vengono disconnessi, e le applicazioni perdono ' +
      'l’accesso.',
    'account_password.read_only': 'La tua password è gestita altrove e non si può cambiare qui.',
    'account_password.current': 'Password attuale',
    'account_password.next': 'Nuova password',
    'account_password.submit': 'Cambia password',
    'account_password.wrong': 'Questa non è la tua password attuale.',

    'account_sessions.device': '{browser} su {system}',
    'account_sessions.unknown': 'Dispositivo sconosciuto',
    'account_sessions.this': 'Questo dispositivo',
    'account_sessions.used': 'Ultimo uso: {time}',
    'account_sessions.since': 'Accesso: {time}',
    'account_sessions.end': 'Disconnetti',
    'account_sessions.end_others': 'Disconnetti tutti gli altri',

    'account_applications.none': 'Nessuna applicazione ha accesso al tuo account.',
    'account_applications.granted': 'Consentito: {time}',
    'account_applications.revoke': 'Rimuovi l’accesso',
    'account_applications.saved': 'Risposte salvate',
    'account_applications.saved_note': 'Finché non scadono, non ti viene più chiesto.',
    'account_applications.until': 'Scadenza: {time}',
    'account_applications.forget': 'Chiedimelo di nuovo',

    'account_done.profile_saved': 'Il tuo profilo è stato salvato.',
    'account_done.password_changed':
      'La tua password è stata cambiata. Tutti gli altri dispositivi sono stati disconnessi.',
    'account_done.session_ended': 'Il dispositivo è stato disconnesso.',
    'account_done.sessions_ended': 'Tutti gli altri dispositivi sono stati disconnessi.',
    'account_done.request_approved': 'Approvata. L’applicazione prosegue da sola.',
    'account_done.request_denied': 'Rifiutata. L’applicazione saprà che hai detto di no.',
    'account_done.request_over': 'Questa richiesta è conclusa: ha già avuto risposta o è scaduta.',
    'account_done.user_code_set': 'Il tuo codice utente è salvato.',
    'account_done.user_code_removed': 'Non hai più un codice utente.',
    'account_done.application_revoked': 'L’applicazione non ha più accesso.',
    'account_done.consent_removed': 'Ti verrà chiesto di nuovo.',
    'account_done.factor_added': 'Configurazione completata.',
    'account_done.factor_removed': 'Rimozione completata.',

    'account_activity.none': 'Non è ancora successo nulla.',
    'account_activity.count': '{count} volte',
    'activity.signed_in': 'Accesso',
    'activity.sign_in_failed': 'Password errata',
    'activity.second_factor_failed': 'Secondo fattore errato',
    'activity.password_changed': 'Password cambiata',
    'activity.password_reset': 'Password reimpostata tramite link',
    'activity.factor_added': 'Secondo fattore aggiunto',
    'activity.factor_removed': 'Secondo fattore rimosso',
    'activity.recovery_codes_made': 'Codici di recupero creati',
    'activity.recovery_code_used': 'Codice di recupero usato',
    'activity.session_ended': 'Dispositivo disconnesso',
    'activity.application_revoked': 'Accesso di {client} rimosso',
    'activity.request_approved': 'Richiesta di {client} approvata',
    'activity.request_denied': 'Richiesta di {client} rifiutata',
    'activity.profile_changed': 'Profilo modificato',
  },
};
