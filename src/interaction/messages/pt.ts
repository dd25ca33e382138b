import type { Language } from '../messages.ts';

/** Every word on our pages, in Brazilian Portuguese. */
export const pt: Language = {
  lang: 'pt-BR',
  dir: 'ltr',
  texts: {
    'frame.title': '{title} · {product}',
    'frame.footer': 'Com tecnologia do Ostiary',
    'frame.language': 'Idioma',
    'frame.language_submit': 'Alterar',
    'frame.problem': 'Problema: {title}',
    'frame.new_tab': '(abre em uma nova aba)',

    'sections.label': 'Sua conta',
    'sections.overview': 'Visão geral',
    'sections.profile': 'Perfil',
    'sections.password': 'Senha',
    'sections.factors': 'Segurança',
    'sections.requests': 'Solicitações',
    'sections.sessions': 'Sessões',
    'sections.applications': 'Aplicativos',
    'sections.activity': 'Atividade',
    'sections.signed_in': 'Conta conectada',

    'client.returns': 'Você voltará para {host}',
    'client.policy': 'Política de privacidade',
    'client.tos': 'Termos de serviço',

    'login.title': 'Entrar',
    'login.title_for': 'Entrar em {client}',
    'login.lead': 'para continuar em {client}',
    'login.lead_alone': 'com sua conta em {product}',
    'login.username': 'Nome de usuário',
    'login.password': 'Senha',
    'login.remember': 'Manter minha conta conectada',
    'login.remember_note': 'Somente em um dispositivo que seja seu.',
    'login.submit': 'Entrar',
    'login.wrong': 'O nome de usuário e a senha não conferem. Verifique os dois e tente novamente.',
    'login.slow_down': 'Muitas tentativas. Espere um pouco e tente novamente.',
    'login.slow_down_for': 'Muitas tentativas. Tente novamente em {duration}.',
    'login.busy': 'Muitas pessoas estão entrando agora. Tente novamente em instantes.',
    'login.passkey': 'Entrar com uma chave de acesso',
    'login.passkey_refused':
      'Essa chave de acesso não foi aceita. Tente novamente ou use sua senha.',
    'login.ended': 'Muitos códigos errados. Entre novamente.',
    'login.sign_up': 'Ainda não tem conta?',
    'login.sign_up_link': 'Criar uma',
    'login.forgot': 'Esqueceu sua senha?',
    'login.password_reset': 'Sua nova senha foi salva. Entre com ela.',
    'login.expired': 'Esta página ficou aberta por tempo demais. Digite sua senha mais uma vez.',

    'select_account.title': 'Escolha uma conta',
    'select_account.other': 'Usar outra conta',

    'passkey.failed': 'Nenhuma chave de acesso foi usada. Tente novamente ou escolha outra forma.',
    'passkey.unsupported': 'Este navegador não aceita chaves de acesso.',
    'passkey.noscript': 'Chaves de acesso precisam de um navegador que execute scripts.',

    'second_factor.title': 'Confirme que é você',
    'second_factor.lead': 'Mais uma etapa antes de continuar em {client}',
    'second_factor.lead_alone': 'Mais uma etapa para sua conta em {product}',
    'second_factor.totp': 'Código do seu aplicativo autenticador',
    'second_factor.totp_note': 'Seis dígitos, que mudam a cada 30 segundos.',
    'second_factor.recovery': 'Código de recuperação',
    'second_factor.recovery_note': 'Um dos que você guardou. Cada um vale uma vez.',
    'second_factor.verify': 'Continuar',
    'second_factor.passkey': 'Usar uma chave de acesso',
    'second_factor.use_recovery': 'Usar um código de recuperação',
    'second_factor.use_other': 'Tentar outra forma',
    'second_factor.elsewhere':
      'Suas chaves de acesso só servem em {hosts}. Faça login lá e adicione um aplicativo ' +
      'autenticador, que também vale aqui.',
    'second_factor.wrong':
      'Não estava certo. Tente novamente; um código já usado não vale de novo.',
    'second_factor.needed_title': 'É necessária uma segunda etapa',
    'second_factor.needed_lead': '{client} pede mais do que uma senha',
    'second_factor.needed_note':
      'Escolha com o que você confirmará seus logins. Você pode adicionar mais depois.',
    'second_factor.needed_totp': 'Aplicativo autenticador',
    'second_factor.needed_passkey': 'Chave de acesso',

    'factors.title': 'Segurança',
    'factors.second': 'Segunda etapa',
    'factors.second_note':
      'O que confirma que é você, além da sua senha. Com uma chave de acesso, você também ' +
      'entra sem a senha.',
    'factors.none': 'Ainda não há nada. Sua senha sozinha abre sua conta.',
    'factors.totp': 'Aplicativo autenticador',
    'factors.passkey': 'Chave de acesso',
    'factors.created': 'Data de adição: {date}',
    'factors.used': 'último uso em {date}',
    'factors.elsewhere': 'para {host}',
    'factors.remove': 'Remover',
    'factors.remove_named': 'Remover {name}',
    'factors.add_totp': 'Adicionar um aplicativo autenticador',
    'factors.add_passkey': 'Adicionar uma chave de acesso',
    'factors.name': 'Nome',
    'factors.name_note': 'Opcional. Serve para diferenciar dos demais.',
    'factors.full': 'Já há itens demais. Remova um primeiro.',

    'totp.title': 'Adicionar um aplicativo autenticador',
    'totp.scan': 'Escaneie este código com o aplicativo',
    'totp.qr': 'Código QR para um aplicativo autenticador',
    'totp.type': 'Ou digite nele esta chave',
    'totp.code': 'Código que o aplicativo mostra',
    'totp.submit': 'Adicionar',
    'totp.wrong': 'Esse código não estava certo. Espere o próximo e confira a hora do seu ' +
      'dispositivo.',
    'totp.expired': 'Esta página ficou aberta por tempo demais. Escaneie o novo código abaixo.',

    'passkey.title': 'Adicionar uma chave de acesso',
    'passkey.about':
      'Ela fica neste dispositivo, no seu gerenciador de senhas ou em uma chave de ' +
      'segurança, e é desbloqueada com sua digital, seu rosto ou um PIN.',
    'passkey.submit': 'Adicionar uma chave de acesso',
    'passkey.refused': 'Essa chave de acesso não foi aceita. Tente novamente.',
    'passkey.known': 'Essa chave de acesso já está aqui.',

    'recovery.title': 'Códigos de recuperação',
    'recovery.about':
      'Eles permitem que você entre se perdeu aquilo com que confirma seus logins. Cada um ' +
      'vale uma vez.',
    'recovery.remaining': 'Códigos restantes: {count}',
    'recovery.replaced': 'Códigos novos substituem os anteriores.',
    'recovery.make': 'Criar códigos de recuperação',
    'recovery.keep':
      'Imprima ou anote os códigos e guarde-os separados do seu dispositivo. Eles não ' +
      'serão mostrados de novo.',
    'recovery.continue': 'Já guardei os códigos',
    'recovery.skip': 'Agora não',

    'consent.title': 'Permitir acesso?',
    'consent.title_for': 'Permitir que {client} acesse sua conta',
    'consent.lead': '{client} quer usar sua conta.',
    'consent.signed_in': 'Conta conectada',
    'consent.not_you': 'Não é você?',
    'consent.scopes': 'O que você permite',
    'consent.required': 'Sempre faz parte do login.',
    'consent.required_here': 'Este aplicativo não funciona sem isso.',
    'consent.remember': 'Não me pergunte de novo por {duration}',
    'consent.new_client':
      'O aplicativo {client} é novo aqui. Permita isto apenas se você o conhece e veio ' +
      'dele por conta própria.',
    'consent.undescribed': 'Não há descrição disto.',
    'consent.claims': 'Dados específicos que ele pede',
    'consent.resources': 'Onde ele usará este acesso',
    'consent.details': 'O que exatamente ele quer fazer',
    'consent.accept': 'Permitir',
    'consent.deny': 'Não permitir',

    'scope.openid': 'Reconhecer você',
    'releases.openid': 'Um identificador que representa você neste aplicativo.',
    'scope.profile': 'Ver seu perfil',
    'releases.profile': 'Nome, nome de usuário, foto, data de nascimento, idioma e afins.',
    'scope.email': 'Ver seu e-mail',
    'releases.email': 'O endereço, e se foi verificado.',
    'scope.phone': 'Ver seu telefone',
    'releases.phone': 'O número, e se foi verificado.',
    'scope.address': 'Ver seu endereço postal',
    'releases.address': 'Rua, cidade, CEP e país.',
    'scope.groups': 'Ver seus grupos',
    'releases.groups': 'Os nomes dos grupos a que você pertence.',
    'scope.offline_access': 'Manter o acesso enquanto você está fora',
    'releases.offline_access':
      'Ele pode continuar usando o que você permite aqui mesmo depois que você o fechar.',
    'scope.ostiary:admin': 'Administrar este servidor',
    'releases.ostiary:admin':
      'Poderá alterar aplicativos, pessoas, chaves e o que lhes é permitido.',
    'scope.ostiary:read': 'Ver como este servidor é administrado',
    'releases.ostiary:read': 'Aplicativos, pessoas, sessões e o que foi alterado, sem segredos.',

    'claim.sub': 'Seu identificador',
    'claim.name': 'Nome completo',
    'claim.given_name': 'Nome',
    'claim.family_name': 'Sobrenome',
    'claim.middle_name': 'Nome do meio',
    'claim.nickname': 'Apelido',
    'claim.preferred_username': 'Nome de usuário',
    'claim.profile': 'Página de perfil',
    'claim.picture': 'Foto',
    'claim.website': 'Site',
    'claim.gender': 'Gênero',
    'claim.birthdate': 'Data de nascimento',
    'claim.zoneinfo': 'Fuso horário',
    'claim.locale': 'Idioma',
    'claim.updated_at': 'Quando seu perfil mudou pela última vez',
    'claim.email': 'E-mail',
    'claim.email_verified': 'Se seu e-mail foi verificado',
    'claim.phone_number': 'Telefone',
    'claim.phone_number_verified': 'Se seu telefone foi verificado',
    'claim.address': 'Endereço postal',
    'claim.groups': 'Grupos',
    'claim.acr': 'Nível de segurança do seu login',
    'claim.auth_time': 'Quando você entrou',

    'error.title': 'Não deu certo',
    'error.title_not_found': 'Não há nada aqui',
    'error.title_server': 'Algo deu errado',
    'error.title_wait': 'Agora não',
    'error.lead': 'Volte ao aplicativo e comece de novo. Se falhar outra vez, informe a quem o ' +
      'administra o que aparece aqui.',
    'error.lead_not_found':
      'Este endereço não leva a lugar nenhum. Confira se foi copiado por inteiro.',
    'error.lead_server':
      'A falha é nossa. Tente novamente em instantes; se continuar, avise quem ' +
      'administra este servidor e informe a referência.',
    'error.lead_wait': 'Há solicitações demais ao mesmo tempo. Espere um pouco e tente novamente.',
    'error.details': 'Para desenvolvedores e operadores',
    'error.code': 'Erro',
    'error.description': 'Descrição',
    'error.status': 'Status HTTP',
    'error.reference': 'Referência',

    'account.username': 'Nome de usuário',
    'account.name': 'Nome',
    'account.name_note': 'Opcional. Como os aplicativos chamam você.',
    'account.email': 'E-mail',
    'account.email_note': 'Os aplicativos que você autorizar poderão vê-lo.',
    'account.email_optional': 'Opcional. Os aplicativos que você autorizar poderão vê-lo.',
    'account.password': 'Senha',
    'account.password_note':
      'Pelo menos {count} caracteres; algumas palavras são melhores que uma.',
    'account.repeat': 'Repita a senha',
    'account.submit': 'Criar conta',
    'account.problems': 'A conta ainda não foi criada. Veja o que está marcado abaixo.',
    'account.missing': 'Este campo não pode ficar vazio.',
    'account.differs': 'As duas senhas são diferentes.',
    'account.taken':
      'Este nome já existe ou é fácil demais de confundir com um que existe. Escolha ' +
      'outro.',
    'account.not_taken': 'Não é possível criar uma conta com este nome aqui.',

    'username.empty': 'Escolha um nome que não tenha só espaços.',
    'username.too_long': 'Um nome de usuário tem no máximo {count} caracteres.',
    'username.characters': 'Um nome de usuário tem apenas letras, os dígitos de 0 a 9 e . _ - + @',
    'username.mixed_scripts': 'Um nome de usuário não mistura letras de escritas diferentes.',
    'username.ends': 'Um nome de usuário começa e termina com uma letra ou um dígito.',
    'username.stray_mark': 'Há um acento ou sinal de vogal sem letra.',

    'password.too_short':
      'Pelo menos {count} caracteres: uma senha mais curta é adivinhada rápido demais.',
    'password.too_long': 'No máximo {count} caracteres.',
    'password.control_characters': 'Uma senha não pode conter tabulações nem quebras de linha.',
    'password.is_name':
      'Escolha algo além do seu nome de usuário, do seu e-mail ou do nome deste site.',
    'password.repeats':
      'Escolha algo além de poucos caracteres repetidos: são adivinhados na hora.',
    'password.is_sequence':
      'Escolha algo além de teclas ou letras vizinhas: são adivinhadas na hora.',
    'password.is_common':
      'Muita gente usa esta senha, por isso ela é adivinhada na hora. Escolha outra.',

    'format.text': 'Deve ser uma linha de texto que não seja longa demais.',
    'format.url': 'Deve ser um endereço da web que comece com https:// ou http://.',
    'format.email': 'Deve ser um e-mail, como nome@example.com.',
    'format.birthdate': 'Deve ser um dia como ano-mês-dia, por exemplo 1990-02-28, ou um ano.',
    'format.zoneinfo': 'Deve ser um fuso horário, como America/Sao_Paulo.',
    'format.locale': 'Deve ser um código de idioma, como en ou pt-BR.',
    'format.phone_number': 'Deve ser um telefone que comece com + e o código do país.',
    'format.address': 'Deve ser um endereço postal que não seja longo demais.',

    'sign_up.title': 'Criar uma conta',
    'sign_up.title_for': 'Criar uma conta para {client}',
    'sign_up.lead': 'para continuar em {client}',
    'sign_up.lead_alone': 'em {product}',
    'sign_up.slow_down': 'Muitas tentativas de criar uma conta. Tente novamente em {duration}.',
    'sign_up.busy': 'Há muitas solicitações agora. Tente novamente em instantes.',
    'sign_up.have_account': 'Você já tem uma conta?',
    'sign_up.login': 'Entrar',

    'device.title': 'Conectar um dispositivo',
    'device.lead': 'com um código que ele mostra',
    'device.code': 'Código no seu dispositivo',
    'device.code_note': 'Oito letras. Maiúsculas, espaços e traços não fazem diferença.',
    'device.submit': 'Continuar',
    'device.wrong':
      'Nenhum dispositivo está esperando com este código. Confira as letras; um código ' +
      'vale por alguns minutos e para uma só resposta.',
    'device.slow_down': 'Muitos códigos foram tentados. Tente novamente em {duration}.',
    'device.confirm_title_for': 'Permitir que {client} acesse sua conta em um dispositivo',
    'device.confirm_lead': '{client}, em um dispositivo, quer usar sua conta.',
    'device.compare': 'Permita isto apenas se o dispositivo à sua frente mostrar este código',
    'device.warning':
      'Se alguém enviou a você o código, ou um link com ele, não permita: o dispositivo ' +
      'dessa pessoa entraria na sua conta.',
    'device.approved_title': 'Dispositivo conectado',
    'device.approved_lead': '{client} agora pode usar sua conta no dispositivo.',
    'device.approved_task':
      'Você pode fechar esta página e voltar ao dispositivo. Ele continua sozinho em ' +
      'instantes.',
    'device.denied_title': 'Acesso não permitido',
    'device.denied_lead': '{client}, no dispositivo, não pode usar sua conta.',
    'device.denied_task':
      'Você pode fechar esta página. O dispositivo será avisado de que você recusou.',

    'requests.none': 'Nenhum aplicativo está pedindo nada.',
    'requests.waiting': 'Aguardando sua resposta',
    'requests.others': 'Também aguardando sua resposta',
    'requests.asks': '{client} pede que você entre',
    'requests.left': 'Você ainda pode responder por {duration}.',
    'requests.compare': 'Aprove somente se o aplicativo mostrar estas mesmas palavras',
    'requests.warning':
      'Aprove somente o que você mesmo acabou de iniciar. Se alguém pedir que você aprove, recuse: essa pessoa entraria na sua conta.',
    'requests.approve': 'Aprovar',
    'requests.look': 'Ver',
    'requests.count': '{count} em espera',
    'requests.code': 'Código de usuário',
    'requests.code_about':
      'Os aplicativos que pedem que você entre precisam conhecer este código antes que o pedido chegue a você. Defina um se solicitações que você não iniciou o incomodam, e não o diga a ninguém além do aplicativo.',
    'requests.code_set': 'Você tem um código de usuário.',
    'requests.code_new': 'Seu novo código',
    'requests.code_note': 'De 4 a 64 caracteres; não a sua senha.',
    'requests.code_length': 'O código deve ter de 4 a 64 caracteres.',
    'requests.code_save': 'Salvar código',
    'requests.code_remove': 'Remover código',

    'forbidden.title': 'Sem acesso',
    'forbidden.lead': 'Você não tem permissão para entrar em {host}.',
    'forbidden.task': 'Peça acesso a quem o administra ou use outra conta.',

    'setup.title': 'Configuração',
    'setup.heading': 'Você é a primeira pessoa aqui',
    'setup.lead': 'Escolha como você vai entrar. Esta conta administra {product}.',
    'setup.closed_title': 'Este link não é mais válido',
    'setup.used': 'A primeira conta já foi criada.',
    'setup.used_task':
      'Se não foi você quem a criou, avise imediatamente quem administra este servidor.',
    'setup.expired': 'Este link expirou ou foi substituído por um mais novo.',
    'setup.expired_task':
      'Enquanto não houver uma conta, o servidor mostra um novo link a cada início. Use o ' +
      'mais recente, completo.',
    'setup.done_title': 'Tudo pronto, {username}',
    'setup.done_lead': 'Sua conta em {product} está pronta. Veja o que vem a seguir.',
    'setup.next_client': 'Registrar um aplicativo',
    'setup.next_client_note':
      'Na máquina em que este servidor roda, com o endereço de retorno (callback) do seu ' +
      'aplicativo:',
    'setup.next_discovery': 'Indicar ao aplicativo onde procurar',
    'setup.next_discovery_note': 'Ele encontra todo o resto pela URL de descoberta:',
    'setup.next_docs': 'Leia mais',

    'home.title': 'O Ostiary roda aqui',
    'home.lead': 'Este servidor conecta as pessoas aos seus aplicativos.',
    'home.lead_pending': 'Ele espera seu primeiro administrador.',
    'home.setup': 'Ainda não há conta',
    'home.setup_note':
      'Ao iniciar, o servidor mostrou um link para o primeiro administrador. Abra esse ' +
      'link para escolher um nome de usuário e uma senha.',
    'home.applications': 'Para aplicativos',
    'home.issuer': 'Emissor',
    'home.discovery': 'Documento de descoberta',

    'reset.title': 'Escolher uma nova senha',
    'reset.lead': 'Diga quem você é, e enviaremos um link.',
    'reset.submit': 'Enviar o link',
    'reset.sent_title': 'Veja seu e-mail',
    'reset.sent': 'Se esta conta existe e tem um e-mail, um link está a caminho.',
    'reset.sent_note': 'Ele vale por {duration} e para uma só nova senha.',
    'reset.sent_task':
      'Não chega nada? Veja entre as mensagens indesejadas ou peça um link a quem ' +
      'administra este servidor.',
    'reset.slow_down': 'Muitos links foram pedidos. Tente novamente em {duration}.',
    'reset.new_lead': 'para a conta {username}',
    'reset.password': 'Nova senha',
    'reset.repeat': 'Repita a nova senha',
    'reset.save': 'Salvar a nova senha',
    'reset.busy': 'Há muitas solicitações agora. Envie de novo em instantes.',
    'reset.problems': 'Sua senha ainda não mudou. Veja o que está marcado abaixo.',
    'reset.void_title': 'Este link não é mais válido',
    'reset.void': 'Este link já foi usado, expirou ou não está completo.',
    'reset.again': 'Pedir um novo link',
    'reset.ask_operator': 'Peça um novo link a quem administra este servidor.',
    'reset.back': 'Voltar para o login',

    'mail.greeting': 'Olá, {username},',
    'mail.not_you': 'Se não foi você, avise imediatamente quem administra {host}.',
    'mail.password_changed_subject': 'Sua senha foi alterada',
    'mail.password_changed':
      'Sua senha em {host} foi alterada. Todos os dispositivos foram desconectados.',
    'mail.password_reset_subject': 'Você tem uma nova senha',
    'mail.password_reset':
      'Você tem uma nova senha em {host}, escolhida por um link. Todos os dispositivos ' +
      'foram desconectados.',
    'mail.factor_added_subject': 'Outra forma de provar que é você',
    'mail.factor_added': 'Um segundo fator foi adicionado à sua conta em {host}.',
    'mail.factor_removed_subject': 'Um segundo fator foi removido',
    'mail.factor_removed': 'Um segundo fator foi removido da sua conta em {host}.',
    'mail.recovery_code_used_subject': 'Um código de recuperação foi usado',
    'mail.recovery_code_used': 'Alguém entrou em {host} com um dos seus códigos de recuperação.',
    'mail.reset_link_subject': 'Escolha uma nova senha',
    'mail.reset_link':
      'Escolha uma nova senha para {host} com este link, em até {duration} e uma única vez:',
    'mail.reset_link_not_you': 'Se não foi você, não há nada a fazer: sua senha continua a mesma.',
    'mail.request_subject': 'Uma solicitação aguarda sua resposta',
    'mail.request':
      'Um aplicativo pede que você entre em {host}. Veja a solicitação e responda em até {duration}:',
    'mail.request_not_you': 'Aprove somente o que você mesmo iniciou. Se não foi você, recuse.',

    'logout.title': 'Sair?',
    'logout.lead': '{client} pede para desconectar você.',
    'logout.lead_alone': 'da sua conta em {product}',
    'logout.accounts': 'Quais contas desconectar',
    'logout.note': 'Os aplicativos em que você entrou também podem desconectar você.',
    'logout.submit': 'Sair',
    'logout.stay': 'Não sair',
    'logout.stayed_title': 'Sua sessão continua ativa',
    'logout.stayed_lead': 'Nada mudou.',
    'logout.to_client': 'Voltar para {client}',

    'logged_out.title': 'Você saiu',
    'logged_out.lead': 'da sua conta em {product}',
    'logged_out.note': 'Você pode fechar esta página.',
    'logged_out.staying': 'Contas ainda conectadas aqui: {accounts}',
    'logged_out.sign_in': 'Entrar de novo',

    'form_post.title': 'Um momento',
    'form_post.lead': 'Você está voltando ao aplicativo.',
    'form_post.note': 'Se nada acontecer sozinho, continue aqui.',
    'form_post.submit': 'Continuar',

    'account_overview.title': 'Sua conta',
    'account_overview.open': 'Abrir',
    'account_overview.factors': 'Segundos fatores',
    'account_overview.here': 'Contas conectadas neste dispositivo',
    'account_overview.switch': 'Usar outra conta',
    'account_overview.sign_out': 'Sair neste dispositivo',

    'account_profile.note':
      'Os aplicativos que você autorizar podem ver o que você preencher. Tudo é opcional.',
    'account_profile.read_only':
      'Seu perfil é gerenciado em outro lugar e não pode ser alterado aqui.',
    'account_profile.problems': 'Nada foi salvo. Veja o que está marcado abaixo.',
    'account_profile.verified': 'verificado',
    'account_profile.unverified': 'não verificado',
    'account_profile.save': 'Salvar',
    'address.street_address': 'Rua e número',
    'address.locality': 'Cidade',
    'address.region': 'Estado ou região',
    'address.postal_code': 'CEP',
    'address.country': 'País',

    'account_password.note':
      'Todos os outros dispositivos são desconectados, e os aplicativos perdem o acesso.',
    'account_password.read_only':
      'Sua senha é gerenciada em outro lugar e não pode ser alterada aqui.',
    'account_password.current': 'Senha atual',
    'account_password.next': 'Nova senha',
    'account_password.submit': 'Alterar senha',
    'account_password.wrong': 'Esta não é sua senha atual.',

    'account_sessions.device': '{browser} em {system}',
    'account_sessions.unknown': 'Dispositivo desconhecido',
    'account_sessions.this': 'Este dispositivo',
    'account_sessions.used': 'Último uso: {time}',
    'account_sessions.since': 'Login: {time}',
    'account_sessions.end': 'Desconectar',
    'account_sessions.end_others': 'Desconectar todos os outros',

    'account_applications.none': 'Nenhum aplicativo tem acesso à sua conta.',
    'account_applications.granted': 'Permitido: {time}',
    'account_applications.revoke': 'Remover acesso',
    'account_applications.saved': 'Respostas salvas',
    'account_applications.saved_note': 'Até elas expirarem, não perguntaremos de novo.',
    'account_applications.until': 'Até {time}',
    'account_applications.forget': 'Perguntar de novo',

    'account_done.profile_saved': 'Seu perfil foi salvo.',
    'account_done.password_changed':
      'Sua senha foi alterada. Todos os outros dispositivos foram desconectados.',
    'account_done.session_ended': 'O dispositivo foi desconectado.',
    'account_done.sessions_ended': 'Todos os outros dispositivos foram desconectados.',
    'account_done.request_approved': 'Aprovada. O aplicativo continua sozinho.',
    'account_done.request_denied': 'Recusada. O aplicativo será avisado de que você recusou.',
    'account_done.request_over': 'Essa solicitação acabou: já foi respondida ou expirou.',
    'account_done.user_code_set': 'Seu código de usuário foi salvo.',
    'account_done.user_code_removed': 'Você não tem mais código de usuário.',
    'account_done.application_revoked': 'O aplicativo não tem mais acesso.',
    'account_done.consent_removed': 'Perguntaremos de novo.',
    'account_done.factor_added': 'Configuração concluída.',
    'account_done.factor_removed': 'Remoção concluída.',

    'account_activity.none': 'Nada aconteceu ainda.',
    'account_activity.count': '{count} vezes',
    'activity.signed_in': 'Login',
    'activity.sign_in_failed': 'Senha errada',
    'activity.second_factor_failed': 'Segundo fator errado',
    'activity.password_changed': 'Senha alterada',
    'activity.password_reset': 'Senha redefinida por link',
    'activity.factor_added': 'Segundo fator adicionado',
    'activity.factor_removed': 'Segundo fator removido',
    'activity.recovery_codes_made': 'Códigos de recuperação criados',
    'activity.recovery_code_used': 'Código de recuperação usado',
    'activity.session_ended': 'Dispositivo desconectado',
    'activity.application_revoked': 'Acesso de {client} removido',
    'activity.request_approved': 'Solicitação de {client} aprovada',
    'activity.request_denied': 'Solicitação de {client} recusada',
    'activity.profile_changed': 'Perfil alterado',
  },
};
