import type { Language } from '../messages.ts';

/** Every word on our pages, in Polish. */
export const pl: Language = {
  lang: 'pl',
  dir: 'ltr',
  texts: {
    'frame.title': '{title} · {product}',
    'frame.footer': 'Działa dzięki Ostiary',
    'frame.language': 'Język',
    'frame.language_submit': 'Zmień',
    'frame.problem': 'Problem: {title}',
    'frame.new_tab': '(otwiera się w nowej karcie)',

    'sections.label': 'Twoje konto',
    'sections.overview': 'Przegląd',
    'sections.profile': 'Profil',
    'sections.password': 'Hasło',
    'sections.factors': 'Bezpieczeństwo',
    'sections.requests': 'Prośby',
    'sections.sessions': 'Sesje',
    'sections.applications': 'Aplikacje',
    'sections.activity': 'Aktywność',
    'sections.signed_in': 'Zalogowano jako',

    'client.returns': 'Nastąpi powrót do {host}',
    'client.policy': 'Polityka prywatności',
    'client.tos': 'Warunki korzystania',

    'login.title': 'Zaloguj się',
    'login.title_for': 'Zaloguj się do aplikacji {client}',
    'login.lead': 'aby przejść dalej do aplikacji {client}',
    'login.lead_alone': 'za pomocą konta w usłudze {product}',
    'login.username': 'Nazwa użytkownika',
    'login.password': 'Hasło',
    'login.remember': 'Nie wylogowuj mnie',
    'login.remember_note': 'Tylko na własnym urządzeniu.',
    'login.submit': 'Zaloguj się',
    'login.wrong':
      'Nazwa użytkownika i hasło nie pasują do siebie. Sprawdź oba i spróbuj ponownie.',
    'login.slow_down': 'Zbyt wiele prób. Odczekaj chwilę i spróbuj ponownie.',
    'login.slow_down_for': 'Zbyt wiele prób. Spróbuj ponownie za: {duration}.',
    'login.busy': 'Wiele osób loguje się w tej chwili. Spróbuj ponownie za moment.',
    'login.passkey': 'Zaloguj się kluczem dostępu',
    'login.passkey_refused':
      'Ten klucz dostępu nie został przyjęty. Spróbuj ponownie albo użyj hasła.',
    'login.ended': 'Zbyt wiele błędnych kodów. Zaloguj się jeszcze raz.',
    'login.sign_up': 'Nie masz jeszcze konta?',
    'login.sign_up_link': 'Załóż je',
    'login.forgot': 'Nie pamiętasz hasła?',
    'login.password_reset': 'Nowe hasło zostało zapisane. Zaloguj się nim.',
    'login.expired': 'Ta strona była otwarta zbyt długo. Podaj hasło jeszcze raz.',

    'select_account.title': 'Wybierz konto',
    'select_account.other': 'Użyj innego konta',

    'passkey.failed':
      'Nie użyto żadnego klucza dostępu. Spróbuj ponownie albo wybierz inny sposób.',
    'passkey.unsupported': 'Ta przeglądarka nie obsługuje kluczy dostępu.',
    'passkey.noscript': 'Klucze dostępu wymagają przeglądarki, która wykonuje skrypty.',

    'second_factor.title': 'Potwierdź, że to Ty',
    'second_factor.lead': 'Jeszcze jeden krok przed przejściem do aplikacji {client}',
    'second_factor.lead_alone': 'Jeszcze jeden krok dla konta w usłudze {product}',
    'second_factor.totp': 'Kod z aplikacji uwierzytelniającej',
    'second_factor.totp_note': 'Sześć cyfr, które zmieniają się co 30 sekund.',
    'second_factor.recovery': 'Kod odzyskiwania',
    'second_factor.recovery_note': 'Jeden z tych, które masz zapisane. Każdy działa raz.',
    'second_factor.verify': 'Dalej',
    'second_factor.passkey': 'Użyj klucza dostępu',
    'second_factor.use_recovery': 'Użyj kodu odzyskiwania',
    'second_factor.use_other': 'Spróbuj inaczej',
    'second_factor.elsewhere':
      'Twoje klucze dostępu działają tylko na {hosts}. Zaloguj się tam i dodaj aplikację ' +
      'uwierzytelniającą, która działa także tutaj.',
    'second_factor.wrong':
      'To nie było poprawne. Spróbuj ponownie; raz użyty kod drugi raz nie działa.',
    'second_factor.needed_title': 'Potrzebny jest drugi krok',
    'second_factor.needed_lead': '{client} wymaga czegoś więcej niż hasła',
    'second_factor.needed_note':
      'Wybierz, czym będziesz potwierdzać logowanie. Później można dodać więcej.',
    'second_factor.needed_totp': 'Aplikacja uwierzytelniająca',
    'second_factor.needed_passkey': 'Klucz dostępu',

    'factors.title': 'Bezpieczeństwo',
    'factors.second': 'Drugi krok',
    'factors.second_note':
      'To, co oprócz hasła potwierdza, że to Ty. Kluczem dostępu można też zalogować się ' +
      'bez hasła.',
    'factors.none': 'Nie ma jeszcze żadnego. Samo hasło otwiera Twoje konto.',
    'factors.totp': 'Aplikacja uwierzytelniająca',
    'factors.passkey': 'Klucz dostępu',
    'factors.created': 'Dodano {date}',
    'factors.used': 'ostatnio użyto {date}',
    'factors.elsewhere': 'dla {host}',
    'factors.remove': 'Usuń',
    'factors.remove_named': 'Usuń: {name}',
    'factors.add_totp': 'Dodaj aplikację uwierzytelniającą',
    'factors.add_passkey': 'Dodaj klucz dostępu',
    'factors.name': 'Nazwa',
    'factors.name_note': 'Opcjonalnie. Po niej odróżnisz go od innych.',
    'factors.full': 'Jest ich już zbyt wiele. Najpierw usuń któryś.',

    'totp.title': 'Dodaj aplikację uwierzytelniającą',
    'totp.scan': 'Zeskanuj ten kod aplikacją',
    'totp.qr': 'Kod QR dla aplikacji uwierzytelniającej',
    'totp.type': 'Albo wpisz do niej ten klucz',
    'totp.code': 'Kod, który pokazuje aplikacja',
    'totp.submit': 'Dodaj',
    'totp.wrong': 'Ten kod nie był poprawny. Poczekaj na następny i sprawdź godzinę na urządzeniu.',
    'totp.expired': 'Ta strona była otwarta zbyt długo. Zeskanuj nowy kod poniżej.',

    'passkey.title': 'Dodaj klucz dostępu',
    'passkey.about': 'Przechowuje go to urządzenie, menedżer haseł albo klucz bezpieczeństwa, a ' +
      'odblokowuje odcisk palca, twarz lub PIN.',
    'passkey.submit': 'Dodaj klucz dostępu',
    'passkey.refused': 'Ten klucz dostępu nie został przyjęty. Spróbuj ponownie.',
    'passkey.known': 'Ten klucz dostępu już tu jest.',

    'recovery.title': 'Kody odzyskiwania',
    'recovery.about':
      'Wpuszczą Cię, gdy utracisz to, czym potwierdzasz logowanie. Każdy działa raz.',
    'recovery.remaining': 'Pozostałe kody: {count}',
    'recovery.replaced': 'Nowe kody zastępują wcześniejsze.',
    'recovery.make': 'Utwórz kody odzyskiwania',
    'recovery.keep':
      'Wydrukuj je albo zapisz i trzymaj z dala od urządzenia. Nie zostaną pokazane ' +
      'ponownie.',
    'recovery.continue': 'Mam je zapisane',
    'recovery.skip': 'Nie teraz',

    'consent.title': 'Zezwolić na dostęp?',
    'consent.title_for': 'Zezwól na dostęp aplikacji {client}',
    'consent.lead': '{client} chce korzystać z Twojego konta.',
    'consent.signed_in': 'Zalogowano jako',
    'consent.not_you': 'To nie Ty?',
    'consent.scopes': 'Na co zezwalasz',
    'consent.required': 'Zawsze należy do logowania.',
    'consent.required_here': 'Ta aplikacja bez tego nie działa.',
    'consent.remember': 'Nie pytaj mnie ponownie przez: {duration}',
    'consent.new_client':
      'Aplikacja {client} jest tu nowa. Zezwól tylko wtedy, gdy ją znasz i samodzielnie ' +
      'z niej tu przechodzisz.',
    'consent.undescribed': 'Brak opisu.',
    'consent.claims': 'Poszczególne dane, o które prosi',
    'consent.resources': 'Gdzie użyje tego dostępu',
    'consent.details': 'Co dokładnie chce zrobić',
    'consent.accept': 'Zezwól',
    'consent.deny': 'Nie zezwalaj',

    'scope.openid': 'Rozpoznawanie Cię',
    'releases.openid': 'Identyfikator, który oznacza Cię w tej aplikacji.',
    'scope.profile': 'Wyświetlanie Twojego profilu',
    'releases.profile':
      'Imię i nazwisko, nazwa użytkownika, zdjęcie, data urodzenia, język i podobne.',
    'scope.email': 'Wyświetlanie Twojego adresu e-mail',
    'releases.email': 'Adres i to, czy został zweryfikowany.',
    'scope.phone': 'Wyświetlanie Twojego numeru telefonu',
    'releases.phone': 'Numer i to, czy został zweryfikowany.',
    'scope.address': 'Wyświetlanie Twojego adresu pocztowego',
    'releases.address': 'Ulica, miejscowość, kod pocztowy i kraj.',
    'scope.groups': 'Wyświetlanie Twoich grup',
    'releases.groups': 'Nazwy grup, do których należysz.',
    'scope.offline_access': 'Zachowanie dostępu pod Twoją nieobecność',
    'releases.offline_access':
      'Może korzystać z tego, na co tu zezwolisz, także wtedy, gdy jej nie używasz.',
    'scope.ostiary:admin': 'Zarządzanie tym serwerem',
    'releases.ostiary:admin': 'Pozwala zmieniać aplikacje, osoby, klucze i ich uprawnienia.',
    'scope.ostiary:read': 'Wgląd w zarządzanie tym serwerem',
    'releases.ostiary:read': 'Aplikacje, osoby, sesje i wprowadzone zmiany, bez tajnych danych.',

    'claim.sub': 'Twój identyfikator',
    'claim.name': 'Imię i nazwisko',
    'claim.given_name': 'Imię',
    'claim.family_name': 'Nazwisko',
    'claim.middle_name': 'Drugie imię',
    'claim.nickname': 'Pseudonim',
    'claim.preferred_username': 'Nazwa użytkownika',
    'claim.profile': 'Strona profilu',
    'claim.picture': 'Zdjęcie',
    'claim.website': 'Strona internetowa',
    'claim.gender': 'Płeć',
    'claim.birthdate': 'Data urodzenia',
    'claim.zoneinfo': 'Strefa czasowa',
    'claim.locale': 'Język',
    'claim.updated_at': 'Kiedy ostatnio zmienił się Twój profil',
    'claim.email': 'Adres e-mail',
    'claim.email_verified': 'Czy Twój adres e-mail został zweryfikowany',
    'claim.phone_number': 'Numer telefonu',
    'claim.phone_number_verified': 'Czy Twój numer telefonu został zweryfikowany',
    'claim.address': 'Adres pocztowy',
    'claim.groups': 'Grupy',
    'claim.acr': 'Jak mocno potwierdzono Twoją tożsamość',
    'claim.auth_time': 'Kiedy nastąpiło logowanie',

    'error.title': 'Nie udało się',
    'error.title_not_found': 'Tu nic nie ma',
    'error.title_server': 'Coś się zepsuło',
    'error.title_wait': 'Nie w tej chwili',
    'error.lead': 'Wróć do aplikacji i zacznij od nowa. Jeśli znów się nie uda, przekaż osobom, ' +
      'które ją prowadzą, to, co tu widać.',
    'error.lead_not_found': 'Ten adres donikąd nie prowadzi. Sprawdź, czy skopiowano go w całości.',
    'error.lead_server':
      'Wina leży po naszej stronie. Spróbuj ponownie za moment; jeśli to potrwa, ' +
      'powiadom osobę prowadzącą ten serwer i podaj numer referencyjny.',
    'error.lead_wait': 'Jest zbyt wiele do zrobienia naraz. Odczekaj chwilę i spróbuj ponownie.',
    'error.details': 'Dla programistów i operatorów',
    'error.code': 'Błąd',
    'error.description': 'Opis',
    'error.status': 'Status HTTP',
    'error.reference': 'Numer referencyjny',

    'account.username': 'Nazwa użytkownika',
    'account.name': 'Imię i nazwisko',
    'account.name_note': 'Opcjonalnie. Tak będą zwracać się do Ciebie aplikacje.',
    'account.email': 'Adres e-mail',
    'account.email_note': 'Aplikacje, którym na to pozwolisz, mogą go widzieć.',
    'account.email_optional': 'Opcjonalnie. Aplikacje, którym na to pozwolisz, mogą go widzieć.',
    'account.password': 'Hasło',
    'account.password_note': 'Minimalna liczba znaków: {count}; kilka słów jest lepsze niż jedno.',
    'account.repeat': 'Powtórz hasło',
    'account.submit': 'Załóż konto',
    'account.problems': 'Konta jeszcze nie ma. Spójrz na to, co zaznaczono poniżej.',
    'account.missing': 'To pole nie może być puste.',
    'account.differs': 'Hasła różnią się od siebie.',
    'account.taken': 'Ta nazwa jest zajęta albo zbyt łatwo pomylić ją z zajętą. Wybierz inną.',
    'account.not_taken': 'Z tą nazwą nie można tu założyć konta.',

    'username.empty': 'Wybierz nazwę, która nie składa się z samych spacji.',
    'username.too_long': 'Maksymalna liczba znaków w nazwie użytkownika: {count}.',
    'username.characters':
      'Nazwa użytkownika składa się tylko z liter, cyfr od 0 do 9 oraz . _ - + @',
    'username.mixed_scripts': 'Nazwa użytkownika nie łączy liter z różnych alfabetów.',
    'username.ends': 'Nazwa użytkownika zaczyna się i kończy literą lub cyfrą.',
    'username.stray_mark': 'Jest tu akcent lub znak samogłoski bez litery.',

    'password.too_short':
      'Minimalna liczba znaków: {count}. Krótsze hasło zbyt szybko można odgadnąć.',
    'password.too_long': 'Maksymalna liczba znaków: {count}.',
    'password.control_characters': 'Hasło nie może zawierać tabulatorów ani znaków końca wiersza.',
    'password.is_name':
      'Wybierz coś więcej niż nazwę użytkownika, adres e-mail lub nazwę tej witryny.',
    'password.repeats':
      'Wybierz coś więcej niż kilka powtarzanych znaków: odgaduje się je od razu.',
    'password.is_sequence':
      'Wybierz coś więcej niż sąsiednie klawisze lub litery: odgaduje się je od razu.',
    'password.is_common':
      'Wiele osób używa tego hasła, więc odgaduje się je od razu. Wybierz inne.',

    'format.text': 'To musi być jeden wiersz tekstu, niezbyt długi.',
    'format.url': 'To musi być adres internetowy zaczynający się od https:// lub http://.',
    'format.email': 'To musi być adres e-mail, na przykład nazwa@example.com.',
    'format.birthdate':
      'To musi być dzień w postaci rok-miesiąc-dzień, na przykład 1990-02-28, albo rok.',
    'format.zoneinfo': 'To musi być strefa czasowa, na przykład Europe/Warsaw.',
    'format.locale': 'To musi być znacznik języka, na przykład pl lub pt-BR.',
    'format.phone_number':
      'To musi być numer telefonu zaczynający się od + i numeru kierunkowego kraju.',
    'format.address': 'To musi być adres pocztowy, niezbyt długi.',

    'sign_up.title': 'Załóż konto',
    'sign_up.title_for': 'Załóż konto dla aplikacji {client}',
    'sign_up.lead': 'aby przejść dalej do aplikacji {client}',
    'sign_up.lead_alone': 'w usłudze {product}',
    'sign_up.slow_down': 'Zbyt wiele prób założenia konta. Spróbuj ponownie za: {duration}.',
    'sign_up.busy': 'W tej chwili jest dużo do zrobienia. Spróbuj ponownie za moment.',
    'sign_up.have_account': 'Masz już konto?',
    'sign_up.login': 'Zaloguj się',

    'device.title': 'Połącz urządzenie',
    'device.lead': 'za pomocą kodu, który pokazuje',
    'device.code': 'Kod na urządzeniu',
    'device.code_note': 'Osiem liter. Wielkość liter, spacje i kreski nie mają znaczenia.',
    'device.submit': 'Dalej',
    'device.wrong':
      'Żadne urządzenie nie czeka z tym kodem. Sprawdź litery; kod działa przez kilka ' +
      'minut i na jedną odpowiedź.',
    'device.slow_down': 'Wypróbowano zbyt wiele kodów. Spróbuj ponownie za: {duration}.',
    'device.confirm_title_for': 'Zezwól na dostęp aplikacji {client} na urządzeniu',
    'device.confirm_lead': '{client} na urządzeniu chce korzystać z Twojego konta.',
    'device.compare': 'Zezwól tylko wtedy, gdy urządzenie przed Tobą pokazuje ten kod',
    'device.warning':
      'Jeśli ktoś przysłał Ci ten kod lub odnośnik z nim, nie zezwalaj: jego urządzenie ' +
      'weszłoby na Twoje konto.',
    'device.approved_title': 'Urządzenie połączone',
    'device.approved_lead': '{client} może teraz korzystać z Twojego konta na urządzeniu.',
    'device.approved_task':
      'Można zamknąć tę stronę i wrócić do urządzenia. Za chwilę samo przejdzie dalej.',
    'device.denied_title': 'Nie zezwolono na dostęp',
    'device.denied_lead': '{client} na urządzeniu nie może korzystać z Twojego konta.',
    'device.denied_task': 'Można zamknąć tę stronę. Urządzenie dowie się o odmowie.',

    'requests.none': 'Żadna aplikacja o nic nie prosi.',
    'requests.waiting': 'Czekają na Twoją odpowiedź',
    'requests.others': 'Także czekają na Twoją odpowiedź',
    'requests.asks': '{client} prosi o zalogowanie',
    'requests.left': 'Na odpowiedź pozostało: {duration}.',
    'requests.compare': 'Zatwierdź tylko wtedy, gdy aplikacja pokazuje te same słowa',
    'requests.warning':
      'Zatwierdzaj tylko to, co właśnie zaczynasz. Jeśli ktoś prosi Cię o zatwierdzenie, odmów: ta osoba weszłaby na Twoje konto.',
    'requests.approve': 'Zatwierdź',
    'requests.look': 'Zobacz',
    'requests.count': 'Czeka: {count}',

    'forbidden.title': 'Brak dostępu',
    'forbidden.lead': 'Nie masz dostępu do {host}.',
    'forbidden.task': 'Poproś o dostęp osoby, które tym zarządzają, albo użyj innego konta.',

    'setup.title': 'Konfiguracja',
    'setup.heading': 'Jesteś tu pierwszą osobą',
    'setup.lead': 'Wybierz, jak będziesz się logować. To konto administruje usługą {product}.',
    'setup.closed_title': 'Odnośnik już nie działa',
    'setup.used': 'Pierwsze konto zostało już założone.',
    'setup.used_task':
      'Jeśli to nie było Twoje działanie, natychmiast powiadom osobę prowadzącą ten serwer.',
    'setup.expired': 'Ten odnośnik wygasł albo zastąpił go nowszy.',
    'setup.expired_task':
      'Przy każdym uruchomieniu serwer wypisuje nowy odnośnik, dopóki nie ma konta. Użyj ' +
      'najnowszego, w całości.',
    'setup.done_title': 'Gotowe, {username}',
    'setup.done_lead': 'Twoje konto w usłudze {product} jest gotowe. Oto, co dalej.',
    'setup.next_client': 'Zarejestruj aplikację',
    'setup.next_client_note':
      'Na komputerze, na którym działa ten serwer, z adresem zwrotnym (callback) Twojej aplikacji:',
    'setup.next_discovery': 'Powiedz aplikacji, gdzie szukać',
    'setup.next_discovery_note': 'Wszystko inne znajdzie przez adres URL discovery:',
    'setup.next_docs': 'Czytaj dalej',

    'home.title': 'Tu działa Ostiary',
    'home.lead': 'Ten serwer loguje ludzi do ich aplikacji.',
    'home.lead_pending': 'Czeka na pierwszego administratora.',
    'home.setup': 'Nie ma jeszcze konta',
    'home.setup_note':
      'Przy uruchomieniu serwer wypisał odnośnik dla pierwszego administratora. Otwórz ' +
      'go, aby wybrać nazwę użytkownika i hasło.',
    'home.applications': 'Dla aplikacji',
    'home.issuer': 'Wystawca',
    'home.discovery': 'Dokument discovery',

    'reset.title': 'Wybierz nowe hasło',
    'reset.lead': 'Powiedz, kim jesteś, a wyślemy odnośnik.',
    'reset.submit': 'Wyślij odnośnik',
    'reset.sent_title': 'Sprawdź pocztę',
    'reset.sent': 'Jeśli to konto istnieje i ma adres e-mail, odnośnik jest w drodze.',
    'reset.sent_note': 'Czas ważności odnośnika: {duration}. Wystarczy na jedno nowe hasło.',
    'reset.sent_task':
      'Nic nie przychodzi? Zajrzyj do niechcianych wiadomości albo poproś o odnośnik ' +
      'osobę prowadzącą ten serwer.',
    'reset.slow_down': 'Zbyt często proszono o odnośnik. Spróbuj ponownie za: {duration}.',
    'reset.new_lead': 'dla konta {username}',
    'reset.password': 'Nowe hasło',
    'reset.repeat': 'Powtórz nowe hasło',
    'reset.save': 'Zapisz nowe hasło',
    'reset.busy': 'W tej chwili jest dużo do zrobienia. Wyślij ponownie za moment.',
    'reset.problems': 'Hasło jeszcze się nie zmieniło. Spójrz na to, co zaznaczono poniżej.',
    'reset.void_title': 'Odnośnik już nie działa',
    'reset.void': 'Ten odnośnik został już użyty, wygasł albo nie jest pełny.',
    'reset.again': 'Poproś o nowy odnośnik',
    'reset.ask_operator': 'Poproś o nowy odnośnik osobę prowadzącą ten serwer.',
    'reset.back': 'Powrót do logowania',

    'mail.greeting': 'Dzień dobry, {username},',
    'mail.not_you': 'Jeśli to nie Ty, natychmiast powiadom osobę prowadzącą {host}.',
    'mail.password_changed_subject': 'Twoje hasło zostało zmienione',
    'mail.password_changed':
      'Twoje hasło w {host} zostało zmienione. Wszystkie urządzenia zostały wylogowane.',
    'mail.password_reset_subject': 'Masz nowe hasło',
    'mail.password_reset':
      'Masz nowe hasło w {host}, wybrane przez odnośnik. Wszystkie urządzenia zostały ' +
      'wylogowane.',
    'mail.factor_added_subject': 'Kolejny sposób na potwierdzenie, że to Ty',
    'mail.factor_added': 'Do Twojego konta w {host} dodano drugi składnik.',
    'mail.factor_removed_subject': 'Usunięto drugi składnik',
    'mail.factor_removed': 'Z Twojego konta w {host} usunięto drugi składnik.',
    'mail.recovery_code_used_subject': 'Użyto kodu odzyskiwania',
    'mail.recovery_code_used': 'Ktoś zalogował się w {host} jednym z Twoich kodów odzyskiwania.',
    'mail.reset_link_subject': 'Wybierz nowe hasło',
    'mail.reset_link':
      'Wybierz nowe hasło dla {host} przez ten odnośnik (czas ważności: {duration}, ' +
      'działa raz):',
    'mail.reset_link_not_you': 'Jeśli to nie Ty, nie trzeba nic robić: Twoje hasło zostaje.',
    'mail.request_subject': 'Prośba czeka na Twoją odpowiedź',
    'mail.request':
      'Aplikacja prosi o zalogowanie w {host}. Zobacz prośbę i odpowiedz na nią (czas na odpowiedź: {duration}):',
    'mail.request_not_you': 'Zatwierdzaj tylko to, co zaczynasz osobiście. Jeśli to nie Ty, odmów.',

    'logout.title': 'Wylogować?',
    'logout.lead': 'Aplikacja {client} prosi o wylogowanie.',
    'logout.lead_alone': 'z konta w usłudze {product}',
    'logout.accounts': 'Które konta wylogować',
    'logout.note': 'Aplikacje, do których nastąpiło logowanie, też mogą wylogować.',
    'logout.submit': 'Wyloguj się',
    'logout.stay': 'Pozostań zalogowany',
    'logout.stayed_title': 'Nadal trwa sesja logowania',
    'logout.stayed_lead': 'Nic się nie zmieniło.',
    'logout.to_client': 'Powrót do aplikacji {client}',

    'logged_out.title': 'Wylogowano',
    'logged_out.lead': 'z konta w usłudze {product}',
    'logged_out.note': 'Można zamknąć tę stronę.',
    'logged_out.staying': 'Nadal zalogowano tutaj: {accounts}',
    'logged_out.sign_in': 'Zaloguj się ponownie',

    'form_post.title': 'Chwileczkę',
    'form_post.lead': 'Trwa powrót do aplikacji.',
    'form_post.note': 'Jeśli nic nie dzieje się samo, przejdź dalej tutaj.',
    'form_post.submit': 'Dalej',

    'account_overview.title': 'Twoje konto',
    'account_overview.open': 'Otwórz',
    'account_overview.factors': 'Drugie składniki',
    'account_overview.here': 'Zalogowano na tym urządzeniu',
    'account_overview.switch': 'Użyj innego konta',
    'account_overview.sign_out': 'Wyloguj się tutaj',

    'account_profile.note':
      'Aplikacje, którym na to pozwolisz, mogą widzieć to, co wpiszesz. Wszystko jest ' +
      'opcjonalne.',
    'account_profile.read_only':
      'Twój profil jest prowadzony gdzie indziej i nie można go tu zmienić.',
    'account_profile.problems': 'Nic nie zapisano. Spójrz na to, co zaznaczono poniżej.',
    'account_profile.verified': 'zweryfikowany',
    'account_profile.unverified': 'niezweryfikowany',
    'account_profile.save': 'Zapisz',
    'address.street_address': 'Ulica i numer',
    'address.locality': 'Miejscowość',
    'address.region': 'Województwo lub region',
    'address.postal_code': 'Kod pocztowy',
    'address.country': 'Kraj',

    'account_password.note':
      'Wszystkie inne urządzenia zostaną wylogowane, a aplikacje stracą dostęp.',
    'account_password.read_only':
      'Twoje hasło jest prowadzone gdzie indziej i nie można go tu zmienić.',
    'account_password.current': 'Obecne hasło',
    'account_password.next': 'Nowe hasło',
    'account_password.submit': 'Zmień hasło',
    'account_password.wrong': 'To nie jest Twoje obecne hasło.',

    'account_sessions.device': '{browser}, {system}',
    'account_sessions.unknown': 'Nieznane urządzenie',
    'account_sessions.this': 'To urządzenie',
    'account_sessions.used': 'Ostatnio użyto: {time}',
    'account_sessions.since': 'Zalogowano: {time}',
    'account_sessions.end': 'Wyloguj',
    'account_sessions.end_others': 'Wyloguj wszędzie indziej',

    'account_applications.none': 'Żadna aplikacja nie ma dostępu do Twojego konta.',
    'account_applications.granted': 'Zezwolono: {time}',
    'account_applications.revoke': 'Odbierz dostęp',
    'account_applications.saved': 'Zapisane odpowiedzi',
    'account_applications.saved_note': 'Dopóki nie wygasną, nie zapytamy ponownie.',
    'account_applications.until': 'Do {time}',
    'account_applications.forget': 'Pytaj mnie ponownie',

    'account_done.profile_saved': 'Profil został zapisany.',
    'account_done.password_changed':
      'Hasło zostało zmienione. Wszystkie inne urządzenia zostały wylogowane.',
    'account_done.session_ended': 'Wybrane urządzenie zostało wylogowane.',
    'account_done.sessions_ended': 'Wszystkie inne urządzenia zostały wylogowane.',
    'account_done.request_approved': 'Zatwierdzono. Aplikacja sama przejdzie dalej.',
    'account_done.request_denied': 'Odmówiono. Aplikacja dowie się o odmowie.',
    'account_done.request_over':
      'Ta prośba jest już nieaktualna: ktoś na nią odpowiedział albo wygasła.',
    'account_done.application_revoked': 'Aplikacja nie ma już dostępu.',
    'account_done.consent_removed': 'Zapytamy ponownie.',
    'account_done.factor_added': 'Gotowe, ustawiono.',
    'account_done.factor_removed': 'Usunięto.',

    'account_activity.none': 'Nic się jeszcze nie wydarzyło.',
    'account_activity.count': 'Liczba wystąpień: {count}',
    'activity.signed_in': 'Zalogowano',
    'activity.sign_in_failed': 'Błędne hasło',
    'activity.second_factor_failed': 'Błędny drugi składnik',
    'activity.password_changed': 'Zmieniono hasło',
    'activity.password_reset': 'Zmieniono hasło przez odnośnik',
    'activity.factor_added': 'Dodano drugi składnik',
    'activity.factor_removed': 'Usunięto drugi składnik',
    'activity.recovery_codes_made': 'Utworzono kody odzyskiwania',
    'activity.recovery_code_used': 'Użyto kodu odzyskiwania',
    'activity.session_ended': 'Wylogowano urządzenie',
    'activity.application_revoked': 'Odebrano dostęp: {client}',
    'activity.profile_changed': 'Zmieniono profil',
  },
};
