import type { Language } from '../messages.ts';

/** Every word on our pages, in German. */
export const de: Language = {
  lang: 'de',
  dir: 'ltr',
  texts: {
    'frame.title': '{title} · {product}',
    'frame.footer': 'Bereitgestellt mit Ostiary',
    'frame.language': 'Sprache',
    'frame.language_submit': 'Ändern',
    'frame.problem': 'Problem: {title}',
    'frame.new_tab': '(öffnet sich in einem neuen Tab)',

    'sections.label': 'Ihr Konto',
    'sections.overview': 'Übersicht',
    'sections.profile': 'Profil',
    'sections.password': 'Passwort',
    'sections.factors': 'Sicherheit',
    'sections.requests': 'Anfragen',
    'sections.sessions': 'Sitzungen',
    'sections.applications': 'Anwendungen',
    'sections.activity': 'Aktivität',
    'sections.signed_in': 'Angemeldet als',

    'client.returns': 'Sie kehren zurück zu {host}',
    'client.policy': 'Datenschutzerklärung',
    'client.tos': 'Nutzungsbedingungen',

    'login.title': 'Anmelden',
    'login.title_for': 'Anmelden bei {client}',
    'login.lead': 'um mit {client} fortzufahren',
    'login.lead_alone': 'mit Ihrem Konto bei {product}',
    'login.username': 'Benutzername',
    'login.password': 'Passwort',
    'login.remember': 'Angemeldet bleiben',
    'login.remember_note': 'Nur auf einem Gerät, das Ihnen gehört.',
    'login.submit': 'Anmelden',
    'login.wrong':
      'Benutzername und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen ' +
      'Sie es noch einmal.',
    'login.slow_down':
      'Zu viele Versuche. Warten Sie ein wenig und versuchen Sie es dann noch einmal.',
    'login.slow_down_for':
      'Zu viele Versuche. Warten Sie {duration} und versuchen Sie es dann noch einmal.',
    'login.busy': 'Gerade melden sich viele Menschen an. Versuchen Sie es gleich noch einmal.',
    'login.passkey': 'Mit Passkey anmelden',
    'login.passkey_refused':
      'Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch einmal oder verwenden ' +
      'Sie Ihr Passwort.',
    'login.ended': 'Zu viele falsche Codes. Melden Sie sich noch einmal an.',
    'login.sign_up': 'Noch kein Konto?',
    'login.sign_up_link': 'Konto anlegen',
    'login.forgot': 'Passwort vergessen?',
    'login.password_reset': 'Ihr neues Passwort ist gespeichert. Melden Sie sich damit an.',
    'login.expired': 'Diese Seite war zu lange offen. Geben Sie Ihr Passwort noch einmal ein.',

    'select_account.title': 'Konto auswählen',
    'select_account.other': 'Anderes Konto verwenden',

    'passkey.failed':
      'Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal oder auf einem ' +
      'anderen Weg.',
    'passkey.unsupported': 'Dieser Browser kennt keine Passkeys.',
    'passkey.noscript': 'Passkeys brauchen einen Browser, der Skripte ausführt.',

    'second_factor.title': 'Bestätigen Sie, dass Sie es sind',
    'second_factor.lead': 'Noch ein Schritt, dann geht es weiter zu {client}',
    'second_factor.lead_alone': 'Noch ein Schritt für Ihr Konto bei {product}',
    'second_factor.totp': 'Code aus Ihrer Authenticator-App',
    'second_factor.totp_note': 'Sechs Ziffern, die sich alle 30 Sekunden ändern.',
    'second_factor.recovery': 'Wiederherstellungscode',
    'second_factor.recovery_note': 'Einer von denen, die Sie aufbewahrt haben. Jeder gilt einmal.',
    'second_factor.verify': 'Weiter',
    'second_factor.passkey': 'Passkey verwenden',
    'second_factor.use_recovery': 'Wiederherstellungscode verwenden',
    'second_factor.use_other': 'Anderen Weg versuchen',
    'second_factor.elsewhere':
      'Ihre Passkeys gelten nur bei {hosts}. Melden Sie sich dort an und fügen Sie eine ' +
      'Authenticator-App hinzu: Sie gilt auch hier.',
    'second_factor.wrong':
      'Das war nicht richtig. Versuchen Sie es noch einmal; ein schon verwendeter Code ' +
      'gilt nicht wieder.',
    'second_factor.needed_title': 'Ein zweiter Schritt ist nötig',
    'second_factor.needed_lead': '{client} verlangt mehr als ein Passwort',
    'second_factor.needed_note':
      'Wählen Sie, womit Sie Ihre Anmeldungen bestätigen. Sie können später mehr ' +
      'hinzufügen.',
    'second_factor.needed_totp': 'Authenticator-App',
    'second_factor.needed_passkey': 'Passkey',

    'factors.title': 'Sicherheit',
    'factors.second': 'Zweiter Schritt',
    'factors.second_note':
      'Was neben Ihrem Passwort bestätigt, dass Sie es sind. Ein Passkey genügt auch ' +
      'allein zum Anmelden.',
    'factors.none': 'Noch nichts vorhanden. Ihr Passwort allein öffnet Ihr Konto.',
    'factors.totp': 'Authenticator-App',
    'factors.passkey': 'Passkey',
    'factors.created': 'Hinzugefügt am {date}',
    'factors.used': 'zuletzt verwendet am {date}',
    'factors.elsewhere': 'für {host}',
    'factors.remove': 'Entfernen',
    'factors.remove_named': '{name} entfernen',
    'factors.add_totp': 'Authenticator-App hinzufügen',
    'factors.add_passkey': 'Passkey hinzufügen',
    'factors.name': 'Name',
    'factors.name_note': 'Freiwillig. Zur Unterscheidung von anderen.',
    'factors.full': 'Es gibt schon zu viele Einträge. Entfernen Sie zuerst einen.',

    'totp.title': 'Authenticator-App hinzufügen',
    'totp.scan': 'Scannen Sie diesen Code mit der App',
    'totp.qr': 'QR-Code für eine Authenticator-App',
    'totp.type': 'Oder geben Sie diesen Schlüssel in der App ein',
    'totp.code': 'Code, den die App anzeigt',
    'totp.submit': 'Hinzufügen',
    'totp.wrong': 'Der Code war nicht richtig. Warten Sie auf den nächsten und prüfen Sie die ' +
      'Uhrzeit Ihres Geräts.',
    'totp.expired': 'Diese Seite war zu lange offen. Scannen Sie den neuen Code unten.',

    'passkey.title': 'Passkey hinzufügen',
    'passkey.about': 'Er liegt auf diesem Gerät, in Ihrem Passwortmanager oder auf einem ' +
      'Sicherheitsschlüssel und wird mit Fingerabdruck, Gesicht oder PIN freigegeben.',
    'passkey.submit': 'Passkey hinzufügen',
    'passkey.refused': 'Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch einmal.',
    'passkey.known': 'Diesen Passkey gibt es hier schon.',

    'recovery.title': 'Wiederherstellungscodes',
    'recovery.about': 'Damit kommen Sie hinein, wenn Sie verloren haben, womit Sie Anmeldungen ' +
      'bestätigen. Jeder gilt einmal.',
    'recovery.remaining': 'Verbleibende Codes: {count}',
    'recovery.replaced': 'Neue Codes ersetzen die bisherigen.',
    'recovery.make': 'Wiederherstellungscodes erstellen',
    'recovery.keep':
      'Drucken Sie sie aus oder schreiben Sie sie auf, und bewahren Sie sie getrennt von ' +
      'Ihrem Gerät auf. Sie werden nicht noch einmal gezeigt.',
    'recovery.continue': 'Ich habe sie gesichert',
    'recovery.skip': 'Jetzt nicht',

    'consent.title': 'Zugriff erlauben?',
    'consent.title_for': 'Zugriff für {client} erlauben',
    'consent.lead': '{client} möchte Ihr Konto verwenden.',
    'consent.signed_in': 'Angemeldet als',
    'consent.not_you': 'Nicht Sie?',
    'consent.scopes': 'Was Sie erlauben',
    'consent.required': 'Gehört immer zur Anmeldung.',
    'consent.required_here': 'Ohne das funktioniert diese Anwendung nicht.',
    'consent.remember': 'Für {duration} nicht wieder fragen',
    'consent.new_client':
      '{client} ist hier neu. Erlauben Sie das nur, wenn Sie die Anwendung kennen und ' +
      'selbst von ihr hierhergekommen sind.',
    'consent.undescribed': 'Dazu gibt es keine Beschreibung.',
    'consent.claims': 'Einzelne Angaben, nach denen sie fragt',
    'consent.resources': 'Wo sie diesen Zugriff nutzen wird',
    'consent.details': 'Was genau sie tun möchte',
    'consent.accept': 'Erlauben',
    'consent.deny': 'Nicht erlauben',

    'scope.openid': 'Sie wiedererkennen',
    'releases.openid': 'Eine Kennung, die in dieser Anwendung für Sie steht.',
    'scope.profile': 'Ihr Profil sehen',
    'releases.profile': 'Name, Benutzername, Bild, Geburtsdatum, Sprache und Ähnliches.',
    'scope.email': 'Ihre E-Mail-Adresse sehen',
    'releases.email': 'Die Adresse und ob sie bestätigt wurde.',
    'scope.phone': 'Ihre Telefonnummer sehen',
    'releases.phone': 'Die Nummer und ob sie bestätigt wurde.',
    'scope.address': 'Ihre Postanschrift sehen',
    'releases.address': 'Straße, Ort, Postleitzahl und Land.',
    'scope.groups': 'Ihre Gruppen sehen',
    'releases.groups': 'Die Namen der Gruppen, zu denen Sie gehören.',
    'scope.offline_access': 'Zugriff behalten, während Sie weg sind',
    'releases.offline_access':
      'Die Anwendung darf weiter nutzen, was Sie hier erlauben, auch wenn Sie sie verlassen haben.',
    'scope.ostiary:admin': 'Diesen Server verwalten',
    'releases.ostiary:admin':
      'Anwendungen, Personen, Schlüssel und deren Rechte dürfen geändert werden.',
    'scope.ostiary:read': 'Sehen, wie dieser Server verwaltet wird',
    'releases.ostiary:read':
      'Anwendungen, Personen, Sitzungen und was geändert wurde, ohne Geheimnisse.',

    'claim.sub': 'Ihre Kennung',
    'claim.name': 'Vollständiger Name',
    'claim.given_name': 'Vorname',
    'claim.family_name': 'Nachname',
    'claim.middle_name': 'Zweiter Vorname',
    'claim.nickname': 'Spitzname',
    'claim.preferred_username': 'Benutzername',
    'claim.profile': 'Profilseite',
    'claim.picture': 'Bild',
    'claim.website': 'Website',
    'claim.gender': 'Geschlecht',
    'claim.birthdate': 'Geburtsdatum',
    'claim.zoneinfo': 'Zeitzone',
    'claim.locale': 'Sprache',
    'claim.updated_at': 'Wann sich Ihr Profil zuletzt geändert hat',
    'claim.email': 'E-Mail-Adresse',
    'claim.email_verified': 'Ob Ihre E-Mail-Adresse bestätigt wurde',
    'claim.phone_number': 'Telefonnummer',
    'claim.phone_number_verified': 'Ob Ihre Telefonnummer bestätigt wurde',
    'claim.address': 'Postanschrift',
    'claim.groups': 'Gruppen',
    'claim.acr': 'Wie sicher Ihre Anmeldung war',
    'claim.auth_time': 'Wann Sie sich angemeldet haben',

    'error.title': 'Das hat nicht geklappt',
    'error.title_not_found': 'Hier ist nichts',
    'error.title_server': 'Da ist etwas schiefgegangen',
    'error.title_wait': 'Im Moment nicht',
    'error.lead': 'Gehen Sie zurück zur Anwendung und beginnen Sie von vorn. Wenn es wieder ' +
      'scheitert, sagen Sie denen, die sie betreiben, was hier steht.',
    'error.lead_not_found':
      'Diese Adresse führt nirgendwohin. Prüfen Sie, ob sie vollständig kopiert wurde.',
    'error.lead_server':
      'Der Fehler liegt bei uns. Versuchen Sie es gleich noch einmal; wenn es so bleibt, ' +
      'sagen Sie es dem Betreiber dieses Servers und nennen Sie die Referenz.',
    'error.lead_wait':
      'Gerade gibt es zu viele Anfragen auf einmal. Warten Sie ein wenig und versuchen Sie ' +
      'es dann noch einmal.',
    'error.details': 'Für Entwicklung und Betrieb',
    'error.code': 'Fehler',
    'error.description': 'Beschreibung',
    'error.status': 'HTTP-Status',
    'error.reference': 'Referenz',

    'account.username': 'Benutzername',
    'account.name': 'Name',
    'account.name_note': 'Freiwillig. So sprechen Anwendungen Sie an.',
    'account.email': 'E-Mail-Adresse',
    'account.email_note': 'Anwendungen, denen Sie es erlauben, können sie sehen.',
    'account.email_optional': 'Freiwillig. Anwendungen, denen Sie es erlauben, können sie sehen.',
    'account.password': 'Passwort',
    'account.password_note': 'Mindestens {count} Zeichen; einige Wörter sind besser als eines.',
    'account.repeat': 'Passwort wiederholen',
    'account.submit': 'Konto anlegen',
    'account.problems':
      'Das Konto ist noch nicht angelegt. Bitte sehen Sie sich an, was unten markiert ist.',
    'account.missing': 'Dieses Feld darf nicht leer sein.',
    'account.differs': 'Die beiden Passwörter sind verschieden.',
    'account.taken':
      'Dieser Name ist vergeben oder mit einem vergebenen zu leicht zu verwechseln. ' +
      'Wählen Sie einen anderen.',
    'account.not_taken': 'Mit diesem Namen kann hier kein Konto angelegt werden.',

    'username.empty': 'Wählen Sie einen Namen, der nicht nur aus Leerzeichen besteht.',
    'username.too_long': 'Ein Benutzername hat höchstens {count} Zeichen.',
    'username.characters':
      'Ein Benutzername besteht nur aus Buchstaben, den Ziffern 0 bis 9 und . _ - + @',
    'username.mixed_scripts': 'Ein Benutzername mischt keine Buchstaben verschiedener Schriften.',
    'username.ends': 'Ein Benutzername beginnt und endet mit einem Buchstaben oder einer Ziffer.',
    'username.stray_mark': 'Da steht ein Akzent oder Vokalzeichen ohne Buchstaben.',

    'password.too_short':
      'Mindestens {count} Zeichen: Ein kürzeres Passwort ist zu schnell erraten.',
    'password.too_long': 'Höchstens {count} Zeichen.',
    'password.control_characters':
      'Ein Passwort kann keine Tabulatoren oder Zeilenumbrüche enthalten.',
    'password.is_name':
      'Wählen Sie mehr als nur Ihren Benutzernamen, Ihre E-Mail-Adresse oder den Namen ' +
      'dieser Website.',
    'password.repeats':
      'Wählen Sie mehr als wenige Zeichen, die sich wiederholen: Das ist sofort erraten.',
    'password.is_sequence':
      'Wählen Sie mehr als benachbarte Tasten oder Buchstaben: Das ist sofort erraten.',
    'password.is_common':
      'Viele Menschen verwenden dieses Passwort, deshalb ist es sofort erraten. Wählen ' +
      'Sie ein anderes.',

    'format.text': 'Das muss eine Zeile Text sein, die nicht zu lang ist.',
    'format.url': 'Das muss eine Webadresse sein, die mit https:// oder http:// beginnt.',
    'format.email': 'Das muss eine E-Mail-Adresse sein, etwa name@example.com.',
    'format.birthdate': 'Das muss ein Tag als Jahr-Monat-Tag sein, etwa 1990-02-28, oder ein Jahr.',
    'format.zoneinfo': 'Das muss eine Zeitzone sein, etwa Europe/Berlin.',
    'format.locale': 'Das muss ein Sprachkürzel sein, etwa de oder pt-BR.',
    'format.phone_number':
      'Das muss eine Telefonnummer sein, die mit + und der Landesvorwahl beginnt.',
    'format.address': 'Das muss eine Postanschrift sein, die nicht zu lang ist.',

    'sign_up.title': 'Konto anlegen',
    'sign_up.title_for': 'Konto anlegen für {client}',
    'sign_up.lead': 'um mit {client} fortzufahren',
    'sign_up.lead_alone': 'bei {product}',
    'sign_up.slow_down':
      'Zu viele Versuche, ein Konto anzulegen. Warten Sie {duration} und versuchen Sie es ' +
      'dann noch einmal.',
    'sign_up.busy': 'Gerade gibt es sehr viele Anfragen. Versuchen Sie es gleich noch einmal.',
    'sign_up.have_account': 'Sie haben schon ein Konto?',
    'sign_up.login': 'Anmelden',

    'device.title': 'Gerät verbinden',
    'device.lead': 'mit einem Code, den es Ihnen zeigt',
    'device.code': 'Code auf Ihrem Gerät',
    'device.code_note':
      'Acht Buchstaben. Groß- und Kleinschreibung, Leerzeichen und Striche spielen keine Rolle.',
    'device.submit': 'Weiter',
    'device.wrong':
      'Mit diesem Code wartet kein Gerät. Prüfen Sie die Buchstaben; ein Code gilt nur ' +
      'wenige Minuten und nur für eine Antwort.',
    'device.slow_down':
      'Es wurden zu viele Codes versucht. Warten Sie {duration} und versuchen Sie es dann ' +
      'noch einmal.',
    'device.confirm_title_for': 'Zugriff für {client} auf einem Gerät erlauben',
    'device.confirm_lead': '{client} auf einem Gerät möchte Ihr Konto verwenden.',
    'device.compare': 'Erlauben Sie das nur, wenn das Gerät vor Ihnen diesen Code zeigt',
    'device.warning':
      'Wenn Ihnen jemand den Code oder einen Link damit geschickt hat, erlauben Sie es ' +
      'nicht: Sonst käme ein fremdes Gerät in Ihr Konto.',
    'device.approved_title': 'Gerät verbunden',
    'device.approved_lead': '{client} darf jetzt auf dem Gerät Ihr Konto verwenden.',
    'device.approved_task':
      'Sie können diese Seite schließen und zu Ihrem Gerät zurückkehren. Dort geht es ' +
      'gleich von selbst weiter.',
    'device.denied_title': 'Zugriff nicht erlaubt',
    'device.denied_lead': '{client} auf dem Gerät darf Ihr Konto nicht verwenden.',
    'device.denied_task':
      'Sie können diese Seite schließen. Das Gerät erfährt, dass Sie Nein gesagt haben.',

    'requests.none': 'Keine Anwendung fragt Sie gerade etwas.',
    'requests.waiting': 'Wartet auf Ihre Antwort',
    'requests.others': 'Wartet auch auf Ihre Antwort',
    'requests.asks': '{client} bittet Sie, sich anzumelden',
    'requests.left': 'Sie können noch {duration} lang antworten.',
    'requests.compare': 'Bestätigen Sie nur, wenn die Anwendung Ihnen dieselben Worte zeigt',
    'requests.warning':
      'Bestätigen Sie nur, was Sie gerade selbst begonnen haben. Wenn jemand Sie darum bittet, lehnen Sie ab: Diese Person käme in Ihr Konto.',
    'requests.approve': 'Bestätigen',
    'requests.look': 'Ansehen',
    'requests.count': '{count} offen',
    'requests.code': 'Benutzercode',
    'requests.code_about':
      'Anwendungen, die Sie um eine Anmeldung bitten, müssen diesen Code kennen, bevor Sie davon hören. Legen Sie einen fest, wenn Sie Anfragen stören, die Sie nicht begonnen haben, und nennen Sie ihn niemandem außer der Anwendung.',
    'requests.code_set': 'Sie haben einen Benutzercode.',
    'requests.code_new': 'Ihr neuer Code',
    'requests.code_note': '4 bis 64 Zeichen; nicht Ihr Passwort.',
    'requests.code_length': 'Der Code muss 4 bis 64 Zeichen haben.',
    'requests.code_save': 'Code speichern',
    'requests.code_remove': 'Code entfernen',

    'forbidden.title': 'Kein Zugang',
    'forbidden.lead': '{host} ist für Sie nicht freigegeben.',
    'forbidden.task': 'Bitten Sie die Betreiber um Zugang oder verwenden Sie ein anderes Konto.',

    'setup.title': 'Einrichten',
    'setup.heading': 'Sie sind die erste Person hier',
    'setup.lead': 'Wählen Sie, wie Sie sich anmelden werden. Dieses Konto verwaltet {product}.',
    'setup.closed_title': 'Link nicht mehr gültig',
    'setup.used': 'Das erste Konto wurde schon angelegt.',
    'setup.used_task': 'Wenn nicht Sie es waren, sagen Sie es sofort dem Betreiber dieses Servers.',
    'setup.expired': 'Dieser Link ist abgelaufen oder durch einen neueren ersetzt.',
    'setup.expired_task':
      'Solange es kein Konto gibt, zeigt der Server bei jedem Start einen neuen Link. ' +
      'Verwenden Sie den neuesten, vollständig.',
    'setup.done_title': 'Alles bereit, {username}',
    'setup.done_lead': 'Ihr Konto bei {product} ist bereit. So geht es weiter.',
    'setup.next_client': 'Eine Anwendung registrieren',
    'setup.next_client_note':
      'Auf dem Rechner, auf dem dieser Server läuft, mit der Callback-Adresse Ihrer Anwendung:',
    'setup.next_discovery': 'Der Anwendung sagen, wo sie nachsehen soll',
    'setup.next_discovery_note': 'Alles Weitere findet sie über die Discovery-URL:',
    'setup.next_docs': 'Weiterlesen',

    'home.title': 'Hier läuft Ostiary',
    'home.lead': 'Dieser Server meldet Menschen bei ihren Anwendungen an.',
    'home.lead_pending': 'Er wartet auf seinen ersten Administrator.',
    'home.setup': 'Noch kein Konto',
    'home.setup_note':
      'Beim Start hat der Server einen Link für den ersten Administrator ausgegeben. ' +
      'Öffnen Sie diesen Link, um Benutzernamen und Passwort zu wählen.',
    'home.applications': 'Für Anwendungen',
    'home.issuer': 'Issuer',
    'home.discovery': 'Discovery-Dokument',

    'reset.title': 'Neues Passwort wählen',
    'reset.lead': 'Sagen Sie uns, wer Sie sind, und wir schicken Ihnen einen Link.',
    'reset.submit': 'Link schicken',
    'reset.sent_title': 'Sehen Sie in Ihrem Postfach nach',
    'reset.sent':
      'Wenn es dieses Konto gibt und es eine E-Mail-Adresse hat, ist ein Link dorthin ' +
      'unterwegs.',
    'reset.sent_note': 'Der Link gilt {duration} und nur für ein neues Passwort.',
    'reset.sent_task':
      'Es kommt nichts? Sehen Sie bei den unerwünschten Nachrichten nach oder bitten Sie ' +
      'den Betreiber dieses Servers um einen Link.',
    'reset.slow_down':
      'Es wurde zu oft ein Link angefordert. Warten Sie {duration} und versuchen Sie es ' +
      'dann noch einmal.',
    'reset.new_lead': 'für das Konto {username}',
    'reset.password': 'Neues Passwort',
    'reset.repeat': 'Neues Passwort wiederholen',
    'reset.save': 'Neues Passwort speichern',
    'reset.busy': 'Gerade gibt es sehr viele Anfragen. Schicken Sie es gleich noch einmal ab.',
    'reset.problems':
      'Ihr Passwort ist noch nicht geändert. Bitte sehen Sie sich an, was unten markiert ' +
      'ist.',
    'reset.void_title': 'Link nicht mehr gültig',
    'reset.void': 'Dieser Link wurde schon verwendet, ist abgelaufen oder nicht vollständig.',
    'reset.again': 'Neuen Link anfordern',
    'reset.ask_operator': 'Bitten Sie den Betreiber dieses Servers um einen neuen Link.',
    'reset.back': 'Zurück zur Anmeldung',

    'mail.greeting': 'Hallo {username},',
    'mail.not_you': 'Wenn Sie das nicht waren, sagen Sie es sofort dem Betreiber von {host}.',
    'mail.password_changed_subject': 'Ihr Passwort wurde geändert',
    'mail.password_changed':
      'Ihr Passwort bei {host} wurde geändert. Alle Geräte wurden abgemeldet.',
    'mail.password_reset_subject': 'Sie haben ein neues Passwort',
    'mail.password_reset':
      'Ihr Passwort bei {host} wurde über einen Link neu gesetzt. Alle Geräte wurden abgemeldet.',
    'mail.factor_added_subject': 'Ein weiterer Weg, Ihre Identität zu bestätigen',
    'mail.factor_added': 'Ihrem Konto bei {host} wurde ein zweiter Faktor hinzugefügt.',
    'mail.factor_removed_subject': 'Ein zweiter Faktor wurde entfernt',
    'mail.factor_removed': 'Von Ihrem Konto bei {host} wurde ein zweiter Faktor entfernt.',
    'mail.recovery_code_used_subject': 'Ein Wiederherstellungscode wurde verwendet',
    'mail.recovery_code_used':
      'Jemand hat sich bei {host} mit einem Ihrer Wiederherstellungscodes angemeldet.',
    'mail.reset_link_subject': 'Neues Passwort wählen',
    'mail.reset_link':
      'Wählen Sie mit diesem Link ein neues Passwort für {host}. Er gilt {duration} und ' +
      'nur einmal:',
    'mail.reset_link_not_you': 'Wenn Sie das nicht waren, ist nichts zu tun: Ihr Passwort bleibt.',
    'mail.request_subject': 'Eine Anfrage wartet auf Ihre Antwort',
    'mail.request':
      'Eine Anwendung bittet Sie, sich bei {host} anzumelden. Sehen Sie sich die Anfrage an und antworten Sie; Sie haben dafür {duration} Zeit:',
    'mail.request_not_you':
      'Bestätigen Sie nur, was Sie selbst begonnen haben. Wenn Sie das nicht waren, lehnen Sie ab.',

    'logout.title': 'Abmelden?',
    'logout.lead': '{client} möchte Sie abmelden.',
    'logout.lead_alone': 'von Ihrem Konto bei {product}',
    'logout.accounts': 'Welche Konten abgemeldet werden',
    'logout.note':
      'Anwendungen, bei denen Sie sich angemeldet haben, melden Sie vielleicht ebenfalls ab.',
    'logout.submit': 'Abmelden',
    'logout.stay': 'Angemeldet bleiben',
    'logout.stayed_title': 'Sie sind weiterhin angemeldet',
    'logout.stayed_lead': 'Nichts hat sich geändert.',
    'logout.to_client': 'Zurück zu {client}',

    'logged_out.title': 'Sie sind abgemeldet',
    'logged_out.lead': 'von Ihrem Konto bei {product}',
    'logged_out.note': 'Sie können diese Seite schließen.',
    'logged_out.staying': 'Hier weiterhin angemeldet: {accounts}',
    'logged_out.sign_in': 'Wieder anmelden',

    'form_post.title': 'Einen Moment',
    'form_post.lead': 'Sie sind auf dem Weg zurück zur Anwendung.',
    'form_post.note': 'Wenn nichts von selbst geschieht, geht es hier weiter.',
    'form_post.submit': 'Weiter',

    'account_overview.title': 'Ihr Konto',
    'account_overview.open': 'Öffnen',
    'account_overview.factors': 'Zweite Faktoren',
    'account_overview.here': 'Auf diesem Gerät angemeldet',
    'account_overview.switch': 'Anderes Konto verwenden',
    'account_overview.sign_out': 'Hier abmelden',

    'account_profile.note':
      'Anwendungen, denen Sie es erlauben, können sehen, was Sie eintragen. Alles ist ' +
      'freiwillig.',
    'account_profile.read_only':
      'Ihr Profil wird anderswo verwaltet und kann hier nicht geändert werden.',
    'account_profile.problems':
      'Nichts wurde gespeichert. Bitte sehen Sie sich an, was unten markiert ist.',
    'account_profile.verified': 'bestätigt',
    'account_profile.unverified': 'nicht bestätigt',
    'account_profile.save': 'Speichern',
    'address.street_address': 'Straße und Hausnummer',
    'address.locality': 'Ort',
    'address.region': 'Bundesland oder Region',
    'address.postal_code': 'Postleitzahl',
    'address.country': 'Land',

    'account_password.note':
      'Alle anderen Geräte werden abgemeldet, und Anwendungen verlieren ihren Zugriff.',
    'account_password.read_only':
      'Ihr Passwort wird anderswo verwaltet und kann hier nicht geändert werden.',
    'account_password.current': 'Aktuelles Passwort',
    'account_password.next': 'Neues Passwort',
    'account_password.submit': 'Passwort ändern',
    'account_password.wrong': 'Das ist nicht Ihr aktuelles Passwort.',

    'account_sessions.device': '{browser} auf {system}',
    'account_sessions.unknown': 'Unbekanntes Gerät',
    'account_sessions.this': 'Dieses Gerät',
    'account_sessions.used': 'Zuletzt verwendet: {time}',
    'account_sessions.since': 'Angemeldet: {time}',
    'account_sessions.end': 'Abmelden',
    'account_sessions.end_others': 'Überall sonst abmelden',

    'account_applications.none': 'Keine Anwendung hat Zugriff auf Ihr Konto.',
    'account_applications.granted': 'Erlaubt: {time}',
    'account_applications.revoke': 'Zugriff entziehen',
    'account_applications.saved': 'Gespeicherte Antworten',
    'account_applications.saved_note': 'Bis sie ablaufen, werden Sie nicht wieder gefragt.',
    'account_applications.until': 'Bis {time}',
    'account_applications.forget': 'Wieder fragen',

    'account_done.profile_saved': 'Ihr Profil wurde gespeichert.',
    'account_done.password_changed':
      'Ihr Passwort wurde geändert. Alle anderen Geräte wurden abgemeldet.',
    'account_done.session_ended': 'Das Gerät wurde abgemeldet.',
    'account_done.sessions_ended': 'Alle anderen Geräte wurden abgemeldet.',
    'account_done.request_approved': 'Bestätigt. Die Anwendung macht von selbst weiter.',
    'account_done.request_denied': 'Abgelehnt. Die Anwendung erfährt, dass Sie Nein gesagt haben.',
    'account_done.request_over':
      'Diese Anfrage ist vorbei: Sie wurde schon beantwortet oder ist abgelaufen.',
    'account_done.user_code_set': 'Ihr Benutzercode ist gespeichert.',
    'account_done.user_code_removed': 'Sie haben keinen Benutzercode mehr.',
    'account_done.application_revoked': 'Die Anwendung hat keinen Zugriff mehr.',
    'account_done.consent_removed': 'Sie werden wieder gefragt.',
    'account_done.factor_added': 'Es ist eingerichtet.',
    'account_done.factor_removed': 'Es ist entfernt.',

    'account_activity.none': 'Noch ist nichts geschehen.',
    'account_activity.count': '{count}-mal',
    'activity.signed_in': 'Angemeldet',
    'activity.sign_in_failed': 'Falsches Passwort',
    'activity.second_factor_failed': 'Falscher zweiter Faktor',
    'activity.password_changed': 'Passwort geändert',
    'activity.password_reset': 'Passwort über einen Link neu gesetzt',
    'activity.factor_added': 'Zweiter Faktor hinzugefügt',
    'activity.factor_removed': 'Zweiter Faktor entfernt',
    'activity.recovery_codes_made': 'Wiederherstellungscodes erstellt',
    'activity.recovery_code_used': 'Wiederherstellungscode verwendet',
    'activity.session_ended': 'Gerät abgemeldet',
    'activity.application_revoked': 'Zugriff entzogen: {client}',
    'activity.request_approved': 'Anfrage bestätigt: {client}',
    'activity.request_denied': 'Anfrage abgelehnt: {client}',
    'activity.profile_changed': 'Profil geändert',
  },
};
