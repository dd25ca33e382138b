import type { Language } from '../messages.ts';

/** Every word on our pages, in Spanish. */
export const es: Language = {
  lang: 'es',
  dir: 'ltr',
  texts: {
    'frame.title': '{title} · {product}',
    'frame.footer': 'Con la tecnología de Ostiary',
    'frame.language': 'Idioma',
    'frame.language_submit': 'Cambiar',
    'frame.problem': 'Problema: {title}',
    'frame.new_tab': '(se abre en una pestaña nueva)',

    'sections.label': 'Tu cuenta',
    'sections.overview': 'Resumen',
    'sections.profile': 'Perfil',
    'sections.password': 'Contraseña',
    'sections.factors': 'Seguridad',
    'sections.requests': 'Solicitudes',
    'sections.sessions': 'Sesiones',
    'sections.applications': 'Aplicaciones',
    'sections.activity': 'Actividad',
    'sections.signed_in': 'Sesión iniciada como',

    'client.returns': 'Volverás a {host}',
    'client.policy': 'Política de privacidad',
    'client.tos': 'Condiciones del servicio',

    'login.title': 'Iniciar sesión',
    'login.title_for': 'Iniciar sesión en {client}',
    'login.lead': 'para continuar en {client}',
    'login.lead_alone': 'con tu cuenta de {product}',
    'login.username': 'Nombre de usuario',
    'login.password': 'Contraseña',
    'login.remember': 'Mantener la sesión iniciada',
    'login.remember_note': 'Solo en un dispositivo que sea tuyo.',
    'login.submit': 'Iniciar sesión',
    'login.wrong':
      'El nombre de usuario y la contraseña no coinciden. Revisa ambos e inténtalo de ' +
      'nuevo.',
    'login.slow_down': 'Demasiados intentos. Espera un poco e inténtalo de nuevo.',
    'login.slow_down_for': 'Demasiados intentos. Inténtalo de nuevo dentro de {duration}.',
    'login.busy': 'Muchas personas están iniciando sesión ahora mismo. Inténtalo de nuevo en un ' +
      'momento.',
    'login.passkey': 'Iniciar sesión con una llave de acceso',
    'login.passkey_refused':
      'No se aceptó esa llave de acceso. Inténtalo de nuevo o usa tu contraseña.',
    'login.ended': 'Demasiados códigos incorrectos. Inicia sesión otra vez.',
    'login.sign_up': '¿Aún no tienes cuenta?',
    'login.sign_up_link': 'Crear una',
    'login.forgot': '¿Olvidaste tu contraseña?',
    'login.password_reset': 'Tu nueva contraseña está guardada. Inicia sesión con ella.',
    'login.expired': 'Esta página estuvo abierta demasiado tiempo. Escribe tu contraseña otra vez.',

    'select_account.title': 'Elige una cuenta',
    'select_account.other': 'Usar otra cuenta',

    'passkey.failed': 'No se usó ninguna llave de acceso. Inténtalo de nuevo o elige otra forma.',
    'passkey.unsupported': 'Este navegador no admite llaves de acceso.',
    'passkey.noscript': 'Las llaves de acceso necesitan un navegador que ejecute scripts.',

    'second_factor.title': 'Confirma que eres tú',
    'second_factor.lead': 'Un paso más antes de continuar en {client}',
    'second_factor.lead_alone': 'Un paso más para tu cuenta de {product}',
    'second_factor.totp': 'Código de tu aplicación de autenticación',
    'second_factor.totp_note': 'Seis cifras que cambian cada 30 segundos.',
    'second_factor.recovery': 'Código de recuperación',
    'second_factor.recovery_note': 'Uno de los que guardaste. Cada uno sirve una sola vez.',
    'second_factor.verify': 'Continuar',
    'second_factor.passkey': 'Usar una llave de acceso',
    'second_factor.use_recovery': 'Usar un código de recuperación',
    'second_factor.use_other': 'Probar otra forma',
    'second_factor.elsewhere':
      'Tus llaves de acceso solo sirven en {hosts}. Inicia sesión allí y añade una ' +
      'aplicación de autenticación, que también vale aquí.',
    'second_factor.wrong':
      'No era correcto. Inténtalo de nuevo; un código que ya se usó no vuelve a valer.',
    'second_factor.needed_title': 'Hace falta un segundo paso',
    'second_factor.needed_lead': '{client} pide algo más que una contraseña',
    'second_factor.needed_note':
      'Elige con qué confirmarás tus inicios de sesión. Podrás añadir más después.',
    'second_factor.needed_totp': 'Aplicación de autenticación',
    'second_factor.needed_passkey': 'Llave de acceso',

    'factors.title': 'Seguridad',
    'factors.second': 'Segundo paso',
    'factors.second_note':
      'Lo que confirma que eres tú, además de tu contraseña. Una llave de acceso también ' +
      'permite iniciar sesión por sí sola.',
    'factors.none': 'Todavía no hay nada. Tu contraseña sola abre tu cuenta.',
    'factors.totp': 'Aplicación de autenticación',
    'factors.passkey': 'Llave de acceso',
    'factors.created': 'Añadida el {date}',
    'factors.used': 'último uso el {date}',
    'factors.elsewhere': 'para {host}',
    'factors.remove': 'Quitar',
    'factors.remove_named': 'Quitar {name}',
    'factors.add_totp': 'Añadir una aplicación de autenticación',
    'factors.add_passkey': 'Añadir una llave de acceso',
    'factors.name': 'Nombre',
    'factors.name_note': 'Opcional. Con él la distinguirás de otras.',
    'factors.full': 'Ya hay demasiadas. Quita una primero.',

    'totp.title': 'Añadir una aplicación de autenticación',
    'totp.scan': 'Escanea este código con la aplicación',
    'totp.qr': 'Código QR para una aplicación de autenticación',
    'totp.type': 'O escribe en ella esta clave',
    'totp.code': 'Código que muestra la aplicación',
    'totp.submit': 'Añadir',
    'totp.wrong': 'Ese código no era correcto. Espera al siguiente y comprueba la hora de tu ' +
      'dispositivo.',
    'totp.expired':
      'Esta página estuvo abierta demasiado tiempo. Escanea el nuevo código de abajo.',

    'passkey.title': 'Añadir una llave de acceso',
    'passkey.about':
      'La guarda este dispositivo, tu gestor de contraseñas o una llave de seguridad, y ' +
      'se desbloquea con tu huella, tu cara o un PIN.',
    'passkey.submit': 'Añadir una llave de acceso',
    'passkey.refused': 'No se aceptó esa llave de acceso. Inténtalo de nuevo.',
    'passkey.known': 'Esa llave de acceso ya está aquí.',

    'recovery.title': 'Códigos de recuperación',
    'recovery.about':
      'Te permiten entrar si has perdido aquello con lo que confirmas tus inicios de ' +
      'sesión. Cada uno sirve una sola vez.',
    'recovery.remaining': 'Códigos restantes: {count}',
    'recovery.replaced': 'Los códigos nuevos sustituyen a los anteriores.',
    'recovery.make': 'Crear códigos de recuperación',
    'recovery.keep':
      'Imprímelos o anótalos, y guárdalos separados de tu dispositivo. No se mostrarán otra vez.',
    'recovery.continue': 'Los he guardado',
    'recovery.skip': 'Ahora no',

    'consent.title': '¿Permitir el acceso?',
    'consent.title_for': 'Permitir que {client} acceda a tu cuenta',
    'consent.lead': '{client} quiere usar tu cuenta.',
    'consent.signed_in': 'Sesión iniciada como',
    'consent.not_you': '¿No eres tú?',
    'consent.scopes': 'Lo que permites',
    'consent.required': 'Siempre forma parte del inicio de sesión.',
    'consent.required_here': 'Esta aplicación no funciona sin esto.',
    'consent.remember': 'No volver a preguntarme durante {duration}',
    'consent.new_client':
      'La aplicación {client} es nueva aquí. Permite esto solo si la conoces y has llegado ' +
      'aquí desde ella por tu cuenta.',
    'consent.undescribed': 'No hay una descripción de esto.',
    'consent.claims': 'Datos concretos que pide',
    'consent.resources': 'Dónde usará este acceso',
    'consent.details': 'Qué quiere hacer exactamente',
    'consent.accept': 'Permitir',
    'consent.deny': 'No permitir',

    'scope.openid': 'Reconocerte',
    'releases.openid': 'Un identificador que te representa en esta aplicación.',
    'scope.profile': 'Ver tu perfil',
    'releases.profile': 'Nombre, nombre de usuario, foto, fecha de nacimiento, idioma y similares.',
    'scope.email': 'Ver tu correo electrónico',
    'releases.email': 'La dirección, y si se ha verificado.',
    'scope.phone': 'Ver tu número de teléfono',
    'releases.phone': 'El número, y si se ha verificado.',
    'scope.address': 'Ver tu dirección postal',
    'releases.address': 'Calle, ciudad, código postal y país.',
    'scope.groups': 'Ver tus grupos',
    'releases.groups': 'Los nombres de los grupos a los que perteneces.',
    'scope.offline_access': 'Mantener el acceso cuando no estés',
    'releases.offline_access':
      'Podrá seguir usando lo que permites aquí incluso después de que la cierres.',
    'scope.ostiary:admin': 'Administrar este servidor',
    'releases.ostiary:admin':
      'Podrá cambiar aplicaciones, personas, claves y lo que se les permite.',
    'scope.ostiary:read': 'Ver cómo se administra este servidor',
    'releases.ostiary:read': 'Aplicaciones, personas, sesiones y lo que se cambió, sin secretos.',

    'claim.sub': 'Tu identificador',
    'claim.name': 'Nombre completo',
    'claim.given_name': 'Nombre',
    'claim.family_name': 'Apellidos',
    'claim.middle_name': 'Segundo nombre',
    'claim.nickname': 'Apodo',
    'claim.preferred_username': 'Nombre de usuario',
    'claim.profile': 'Página de perfil',
    'claim.picture': 'Foto',
    'claim.website': 'Sitio web',
    'claim.gender': 'Género',
    'claim.birthdate': 'Fecha de nacimiento',
    'claim.zoneinfo': 'Zona horaria',
    'claim.locale': 'Idioma',
    'claim.updated_at': 'Cuándo cambió tu perfil por última vez',
    'claim.email': 'Correo electrónico',
    'claim.email_verified': 'Si tu correo electrónico se ha verificado',
    'claim.phone_number': 'Número de teléfono',
    'claim.phone_number_verified': 'Si tu número de teléfono se ha verificado',
    'claim.address': 'Dirección postal',
    'claim.groups': 'Grupos',
    'claim.acr': 'Nivel de seguridad de tu inicio de sesión',
    'claim.auth_time': 'Cuándo iniciaste sesión',

    'error.title': 'No ha funcionado',
    'error.title_not_found': 'Aquí no hay nada',
    'error.title_server': 'Algo ha fallado',
    'error.title_wait': 'Ahora mismo no',
    'error.lead':
      'Vuelve a la aplicación y empieza de nuevo. Si vuelve a fallar, di a quienes la ' +
      'gestionan lo que se muestra aquí.',
    'error.lead_not_found':
      'Esta dirección no lleva a ninguna parte. Comprueba que se copió entera.',
    'error.lead_server':
      'El fallo es nuestro. Inténtalo de nuevo en un momento; si continúa, avisa a quien ' +
      'gestiona este servidor y menciona la referencia.',
    'error.lead_wait': 'Hay demasiadas solicitudes a la vez. Espera un poco e inténtalo de nuevo.',
    'error.details': 'Para desarrolladores y operadores',
    'error.code': 'Error',
    'error.description': 'Descripción',
    'error.status': 'Estado HTTP',
    'error.reference': 'Referencia',

    'account.username': 'Nombre de usuario',
    'account.name': 'Nombre',
    'account.name_note': 'Opcional. Así te llamarán las aplicaciones.',
    'account.email': 'Correo electrónico',
    'account.email_note': 'Las aplicaciones a las que des permiso podrán verlo.',
    'account.email_optional': 'Opcional. Las aplicaciones a las que des permiso podrán verlo.',
    'account.password': 'Contraseña',
    'account.password_note': 'Al menos {count} caracteres; varias palabras son mejores que una.',
    'account.repeat': 'Repite la contraseña',
    'account.submit': 'Crear cuenta',
    'account.problems': 'La cuenta todavía no se ha creado. Mira lo que está marcado abajo.',
    'account.missing': 'Este campo no puede quedar vacío.',
    'account.differs': 'Las dos contraseñas son distintas.',
    'account.taken':
      'Este nombre ya está en uso o se confunde fácilmente con uno que lo está. Elige otro.',
    'account.not_taken': 'Aquí no se puede crear una cuenta con este nombre.',

    'username.empty': 'Elige un nombre que no sea solo espacios.',
    'username.too_long': 'Un nombre de usuario tiene como máximo {count} caracteres.',
    'username.characters':
      'Un nombre de usuario se compone solo de letras, las cifras del 0 al 9 y . _ - + @',
    'username.mixed_scripts': 'Un nombre de usuario no mezcla letras de distintas escrituras.',
    'username.ends': 'Un nombre de usuario empieza y termina con una letra o una cifra.',
    'username.stray_mark': 'Hay un acento o un signo vocálico sin letra.',

    'password.too_short':
      'Al menos {count} caracteres: una contraseña más corta se adivina demasiado rápido.',
    'password.too_long': 'Como máximo {count} caracteres.',
    'password.control_characters':
      'Una contraseña no puede contener tabulaciones ni saltos de línea.',
    'password.is_name':
      'Elige algo más que tu nombre de usuario, tu correo electrónico o el nombre de ' +
      'este sitio.',
    'password.repeats':
      'Elige algo más que unos pocos caracteres repetidos: se adivinan enseguida.',
    'password.is_sequence': 'Elige algo más que teclas o letras vecinas: se adivinan enseguida.',
    'password.is_common':
      'Mucha gente usa esta contraseña, así que se adivina enseguida. Elige otra.',

    'format.text': 'Debe ser una línea de texto que no sea demasiado larga.',
    'format.url': 'Debe ser una dirección web que empiece por https:// o http://.',
    'format.email': 'Debe ser un correo electrónico, como nombre@example.com.',
    'format.birthdate': 'Debe ser un día como año-mes-día, por ejemplo 1990-02-28, o un año.',
    'format.zoneinfo': 'Debe ser una zona horaria, como Europe/Madrid.',
    'format.locale': 'Debe ser una etiqueta de idioma, como es o pt-BR.',
    'format.phone_number':
      'Debe ser un número de teléfono que empiece por + y el prefijo del país.',
    'format.address': 'Debe ser una dirección postal que no sea demasiado larga.',

    'sign_up.title': 'Crear una cuenta',
    'sign_up.title_for': 'Crear una cuenta para {client}',
    'sign_up.lead': 'para continuar en {client}',
    'sign_up.lead_alone': 'en {product}',
    'sign_up.slow_down':
      'Demasiados intentos de crear una cuenta. Inténtalo de nuevo dentro de {duration}.',
    'sign_up.busy': 'Hay muchas solicitudes ahora mismo. Inténtalo de nuevo en un momento.',
    'sign_up.have_account': '¿Ya tienes una cuenta?',
    'sign_up.login': 'Iniciar sesión',

    'device.title': 'Conectar un dispositivo',
    'device.lead': 'con un código que te muestra',
    'device.code': 'Código de tu dispositivo',
    'device.code_note': 'Ocho letras. No importan las mayúsculas, los espacios ni los guiones.',
    'device.submit': 'Continuar',
    'device.wrong':
      'Ningún dispositivo está esperando con este código. Revisa las letras; un código ' +
      'vale unos minutos y para una sola respuesta.',
    'device.slow_down': 'Se probaron demasiados códigos. Inténtalo de nuevo dentro de {duration}.',
    'device.confirm_title_for': 'Permitir que {client} acceda a tu cuenta en un dispositivo',
    'device.confirm_lead': '{client}, en un dispositivo, quiere usar tu cuenta.',
    'device.compare': 'Permite esto solo si el dispositivo que tienes delante muestra este código',
    'device.warning':
      'Si alguien te envió el código, o un enlace con él, no lo permitas: su dispositivo ' +
      'entraría en tu cuenta.',
    'device.approved_title': 'Dispositivo conectado',
    'device.approved_lead': '{client} ya puede usar tu cuenta en el dispositivo.',
    'device.approved_task':
      'Puedes cerrar esta página y volver a tu dispositivo. Continuará por sí solo en un ' +
      'momento.',
    'device.denied_title': 'Acceso no permitido',
    'device.denied_lead': '{client}, en el dispositivo, no puede usar tu cuenta.',
    'device.denied_task': 'Puedes cerrar esta página. El dispositivo sabrá que dijiste que no.',

    'requests.none': 'Ninguna aplicación te pide nada.',
    'requests.waiting': 'Esperan tu respuesta',
    'requests.others': 'También esperan tu respuesta',
    'requests.asks': '{client} te pide que inicies sesión',
    'requests.left': 'Puedes responder durante {duration} más.',
    'requests.compare': 'Aprueba solo si la aplicación te muestra estas mismas palabras',
    'requests.warning':
      'Aprueba solo lo que acabas de iniciar tú. Si alguien te pide que lo apruebes, recházalo: entraría en tu cuenta.',
    'requests.approve': 'Aprobar',
    'requests.look': 'Ver',
    'requests.count': '{count} en espera',
    'requests.code': 'Código de usuario',
    'requests.code_about':
      'Las aplicaciones que te piden que inicies sesión deben conocer este código antes de que te llegue la solicitud. Elige uno si te molestan solicitudes que no has iniciado, y no se lo digas a nadie más que a la aplicación.',
    'requests.code_set': 'Tienes un código de usuario.',
    'requests.code_new': 'Tu nuevo código',
    'requests.code_note': 'De 4 a 64 caracteres; no tu contraseña.',
    'requests.code_length': 'El código debe tener de 4 a 64 caracteres.',
    'requests.code_save': 'Guardar código',
    'requests.code_remove': 'Quitar código',

    'forbidden.title': 'Sin acceso',
    'forbidden.lead': 'No tienes permiso para entrar en {host}.',
    'forbidden.task': 'Pide acceso a quienes lo gestionan o usa otra cuenta.',

    'setup.title': 'Configuración',
    'setup.heading': 'Eres la primera persona aquí',
    'setup.lead': 'Elige cómo iniciarás sesión. Esta cuenta administra {product}.',
    'setup.closed_title': 'El enlace ya no es válido',
    'setup.used': 'La primera cuenta ya se creó.',
    'setup.used_task': 'Si no la creaste tú, avisa enseguida a quien gestiona este servidor.',
    'setup.expired': 'Este enlace ha caducado o uno más reciente lo ha sustituido.',
    'setup.expired_task':
      'Mientras no haya ninguna cuenta, el servidor muestra un enlace nuevo cada vez que ' +
      'se inicia. Usa el último, completo.',
    'setup.done_title': 'Todo listo, {username}',
    'setup.done_lead': 'Tu cuenta de {product} está lista. Esto es lo que sigue.',
    'setup.next_client': 'Registrar una aplicación',
    'setup.next_client_note':
      'En la máquina donde funciona este servidor, con la dirección de retorno (callback) ' +
      'de tu aplicación:',
    'setup.next_discovery': 'Indicar a la aplicación dónde buscar',
    'setup.next_discovery_note': 'Encuentra todo lo demás con la URL de descubrimiento:',
    'setup.next_docs': 'Seguir leyendo',

    'home.title': 'Ostiary funciona aquí',
    'home.lead': 'Este servidor permite a las personas iniciar sesión en sus aplicaciones.',
    'home.lead_pending': 'Espera a su primer administrador.',
    'home.setup': 'Todavía no hay cuenta',
    'home.setup_note':
      'Al iniciarse, el servidor mostró un enlace para el primer administrador. Abre ese ' +
      'enlace para elegir un nombre de usuario y una contraseña.',
    'home.applications': 'Para aplicaciones',
    'home.issuer': 'Emisor',
    'home.discovery': 'Documento de descubrimiento',

    'reset.title': 'Elegir una nueva contraseña',
    'reset.lead': 'Dinos quién eres y te enviaremos un enlace.',
    'reset.submit': 'Enviar el enlace',
    'reset.sent_title': 'Mira tu correo',
    'reset.sent': 'Si esta cuenta existe y tiene un correo electrónico, un enlace va de camino.',
    'reset.sent_note': 'Vale durante {duration} y para una sola contraseña nueva.',
    'reset.sent_task':
      '¿No llega nada? Mira entre el correo no deseado o pide un enlace a quien gestiona ' +
      'este servidor.',
    'reset.slow_down':
      'Se pidieron enlaces demasiadas veces. Inténtalo de nuevo dentro de {duration}.',
    'reset.new_lead': 'para la cuenta {username}',
    'reset.password': 'Nueva contraseña',
    'reset.repeat': 'Repite la nueva contraseña',
    'reset.save': 'Guardar la nueva contraseña',
    'reset.busy': 'Hay muchas solicitudes ahora mismo. Envíalo de nuevo en un momento.',
    'reset.problems': 'Tu contraseña todavía no ha cambiado. Mira lo que está marcado abajo.',
    'reset.void_title': 'El enlace ya no es válido',
    'reset.void': 'Este enlace ya se usó, ha caducado o no está completo.',
    'reset.again': 'Pedir un enlace nuevo',
    'reset.ask_operator': 'Pide un enlace nuevo a quien gestiona este servidor.',
    'reset.back': 'Volver al inicio de sesión',

    'mail.greeting': 'Hola, {username}:',
    'mail.not_you': 'Si no fuiste tú, avisa enseguida a quien gestiona {host}.',
    'mail.password_changed_subject': 'Se cambió tu contraseña',
    'mail.password_changed': 'Se cambió tu contraseña en {host}. Se cerraron todas las sesiones.',
    'mail.password_reset_subject': 'Tienes una nueva contraseña',
    'mail.password_reset':
      'Tienes una nueva contraseña en {host}, elegida con un enlace. Se cerraron todas ' +
      'las sesiones.',
    'mail.factor_added_subject': 'Otra forma de demostrar que eres tú',
    'mail.factor_added': 'Se añadió un segundo factor a tu cuenta en {host}.',
    'mail.factor_removed_subject': 'Se quitó un segundo factor',
    'mail.factor_removed': 'Se quitó un segundo factor de tu cuenta en {host}.',
    'mail.recovery_code_used_subject': 'Se usó un código de recuperación',
    'mail.recovery_code_used':
      'Alguien inició sesión en {host} con uno de tus códigos de recuperación.',
    'mail.reset_link_subject': 'Elige una nueva contraseña',
    'mail.reset_link': 'Elige una nueva contraseña para {host} con este enlace, en un plazo de ' +
      '{duration}, una sola vez:',
    'mail.reset_link_not_you': 'Si no fuiste tú, no hay nada que hacer: tu contraseña sigue igual.',
    'mail.request_subject': 'Una solicitud espera tu respuesta',
    'mail.request':
      'Una aplicación te pide que inicies sesión en {host}. Mira la solicitud y respóndela en un plazo de {duration}:',
    'mail.request_not_you': 'Aprueba solo lo que hayas iniciado tú. Si no fuiste tú, recházala.',

    'logout.title': '¿Cerrar sesión?',
    'logout.lead': '{client} pide cerrar tu sesión.',
    'logout.lead_alone': 'de tu cuenta en {product}',
    'logout.accounts': 'Qué cuentas cierran sesión',
    'logout.note': 'Las aplicaciones en las que iniciaste sesión también pueden cerrarla.',
    'logout.submit': 'Cerrar sesión',
    'logout.stay': 'Mantener la sesión',
    'logout.stayed_title': 'Tu sesión sigue abierta',
    'logout.stayed_lead': 'No ha cambiado nada.',
    'logout.to_client': 'Volver a {client}',

    'logged_out.title': 'Has cerrado sesión',
    'logged_out.lead': 'de tu cuenta en {product}',
    'logged_out.note': 'Puedes cerrar esta página.',
    'logged_out.staying': 'Con sesión abierta aquí: {accounts}',
    'logged_out.sign_in': 'Iniciar sesión de nuevo',

    'form_post.title': 'Un momento',
    'form_post.lead': 'Estás volviendo a la aplicación.',
    'form_post.note': 'Si no ocurre nada por sí solo, continúa aquí.',
    'form_post.submit': 'Continuar',

    'account_overview.title': 'Tu cuenta',
    'account_overview.open': 'Abrir',
    'account_overview.factors': 'Segundos factores',
    'account_overview.here': 'Cuentas con sesión en este dispositivo',
    'account_overview.switch': 'Usar otra cuenta',
    'account_overview.sign_out': 'Cerrar sesión aquí',

    'account_profile.note':
      'Las aplicaciones a las que des permiso podrán ver lo que escribas. Todo es opcional.',
    'account_profile.read_only': 'Tu perfil se gestiona en otro lugar y no se puede cambiar aquí.',
    'account_profile.problems': 'No se guardó nada. Mira lo que está marcado abajo.',
    'account_profile.verified': 'verificado',
    'account_profile.unverified': 'sin verificar',
    'account_profile.save': 'Guardar',
    'address.street_address': 'Calle y número',
    'address.locality': 'Ciudad',
    'address.region': 'Estado, provincia o región',
    'address.postal_code': 'Código postal',
    'address.country': 'País',

    'account_password.note':
      'Se cierra la sesión en los demás dispositivos y las aplicaciones pierden su ' +
      'acceso.',
    'account_password.read_only':
      'Tu contraseña se gestiona en otro lugar y no se puede cambiar aquí.',
    'account_password.current': 'Contraseña actual',
    'account_password.next': 'Nueva contraseña',
    'account_password.submit': 'Cambiar contraseña',
    'account_password.wrong': 'Esta no es tu contraseña actual.',

    'account_sessions.device': '{browser} en {system}',
    'account_sessions.unknown': 'Dispositivo desconocido',
    'account_sessions.this': 'Este dispositivo',
    'account_sessions.used': 'Último uso: {time}',
    'account_sessions.since': 'Inicio de sesión: {time}',
    'account_sessions.end': 'Cerrar sesión',
    'account_sessions.end_others': 'Cerrar sesión en los demás dispositivos',

    'account_applications.none': 'Ninguna aplicación tiene acceso a tu cuenta.',
    'account_applications.granted': 'Permitido: {time}',
    'account_applications.revoke': 'Quitar el acceso',
    'account_applications.saved': 'Respuestas guardadas',
    'account_applications.saved_note': 'No se te volverá a preguntar hasta que caduquen.',
    'account_applications.until': 'Hasta el {time}',
    'account_applications.forget': 'Volver a preguntarme',

    'account_done.profile_saved': 'Tu perfil se guardó.',
    'account_done.password_changed':
      'Se cambió tu contraseña. Se cerró la sesión en los demás dispositivos.',
    'account_done.session_ended': 'Se cerró la sesión en ese dispositivo.',
    'account_done.sessions_ended': 'Se cerró la sesión en los demás dispositivos.',
    'account_done.request_approved': 'Aprobada. La aplicación continúa sola.',
    'account_done.request_denied': 'Rechazada. La aplicación sabrá que dijiste que no.',
    'account_done.request_over': 'Esa solicitud ya terminó: se respondió o caducó.',
    'account_done.user_code_set': 'Tu código de usuario está guardado.',
    'account_done.user_code_removed': 'Ya no tienes código de usuario.',
    'account_done.application_revoked': 'La aplicación ya no tiene acceso.',
    'account_done.consent_removed': 'Se te volverá a preguntar.',
    'account_done.factor_added': 'Ya está configurada.',
    'account_done.factor_removed': 'Se ha quitado.',

    'account_activity.none': 'Todavía no ha pasado nada.',
    'account_activity.count': '{count} veces',
    'activity.signed_in': 'Inicio de sesión',
    'activity.sign_in_failed': 'Contraseña incorrecta',
    'activity.second_factor_failed': 'Segundo factor incorrecto',
    'activity.password_changed': 'Contraseña cambiada',
    'activity.password_reset': 'Contraseña restablecida con un enlace',
    'activity.factor_added': 'Segundo factor añadido',
    'activity.factor_removed': 'Segundo factor quitado',
    'activity.recovery_codes_made': 'Códigos de recuperación creados',
    'activity.recovery_code_used': 'Código de recuperación usado',
    'activity.session_ended': 'Sesión cerrada en un dispositivo',
    'activity.application_revoked': 'Acceso de {client} retirado',
    'activity.request_approved': 'Solicitud de {client} aprobada',
    'activity.request_denied': 'Solicitud de {client} rechazada',
    'activity.profile_changed': 'Perfil cambiado',
  },
};
