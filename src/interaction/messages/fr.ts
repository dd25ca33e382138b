import type { Language } from '../messages.ts';

/** Every word on our pages, in French. */
export const fr: Language = {
  lang: 'fr',
  dir: 'ltr',
  texts: {
    'frame.title': '{title} · {product}',
    'frame.footer': 'Propulsé par Ostiary',
    'frame.language': 'Langue',
    'frame.language_submit': 'Changer',
    'frame.problem': 'Problème : {title}',
    'frame.new_tab': '(s’ouvre dans un nouvel onglet)',

    'sections.label': 'Votre compte',
    'sections.overview': 'Aperçu',
    'sections.profile': 'Profil',
    'sections.password': 'Mot de passe',
    'sections.factors': 'Sécurité',
    'sections.requests': 'Demandes',
    'sections.sessions': 'Sessions',
    'sections.applications': 'Applications',
    'sections.activity': 'Activité',
    'sections.signed_in': 'Compte connecté',

    'client.returns': 'Vous reviendrez sur {host}',
    'client.policy': 'Politique de confidentialité',
    'client.tos': 'Conditions d’utilisation',

    'login.title': 'Se connecter',
    'login.title_for': 'Se connecter à {client}',
    'login.lead': 'pour continuer vers {client}',
    'login.lead_alone': 'avec votre compte {product}',
    'login.username': 'Nom d’utilisateur',
    'login.password': 'Mot de passe',
    'login.remember': 'Garder ma session ouverte',
    'login.remember_note': 'Seulement sur un appareil qui vous appartient.',
    'login.submit': 'Se connecter',
    'login.wrong':
      'Le nom d’utilisateur et le mot de passe ne correspondent pas. Vérifiez les deux ' +
      'et réessayez.',
    'login.slow_down': 'Trop de tentatives. Attendez un peu, puis réessayez.',
    'login.slow_down_for': 'Trop de tentatives. Réessayez dans {duration}.',
    'login.busy': 'Beaucoup de personnes se connectent en ce moment. Réessayez dans un instant.',
    'login.passkey': 'Se connecter avec une clé d’accès',
    'login.passkey_refused':
      'Cette clé d’accès n’a pas été acceptée. Réessayez ou utilisez votre mot de passe.',
    'login.ended': 'Trop de codes erronés. Connectez-vous de nouveau.',
    'login.sign_up': 'Pas encore de compte ?',
    'login.sign_up_link': 'En créer un',
    'login.forgot': 'Mot de passe oublié ?',
    'login.password_reset':
      'Votre nouveau mot de passe est enregistré. Utilisez-le pour vous connecter.',
    'login.expired':
      'Cette page est restée ouverte trop longtemps. Saisissez encore une fois votre mot ' +
      'de passe.',

    'select_account.title': 'Choisir un compte',
    'select_account.other': 'Utiliser un autre compte',

    'passkey.failed':
      'Aucune clé d’accès n’a été utilisée. Réessayez ou choisissez un autre moyen.',
    'passkey.unsupported': 'Ce navigateur ne prend pas en charge les clés d’accès.',
    'passkey.noscript': 'Les clés d’accès nécessitent un navigateur qui exécute les scripts.',

    'second_factor.title': 'Confirmez que c’est bien vous',
    'second_factor.lead': 'Encore une étape avant de continuer vers {client}',
    'second_factor.lead_alone': 'Encore une étape pour votre compte {product}',
    'second_factor.totp': 'Code de votre application d’authentification',
    'second_factor.totp_note': 'Six chiffres, qui changent toutes les 30 secondes.',
    'second_factor.recovery': 'Code de récupération',
    'second_factor.recovery_note':
      'L’un de ceux que vous avez conservés. Chacun sert une seule fois.',
    'second_factor.verify': 'Continuer',
    'second_factor.passkey': 'Utiliser une clé d’accès',
    'second_factor.use_recovery': 'Utiliser un code de récupération',
    'second_factor.use_other': 'Essayer un autre moyen',
    'second_factor.elsewhere':
      'Vos clés d’accès ne servent que sur {hosts}. Connectez-vous là-bas et ajoutez une ' +
      'application d’authentification, qui vaut aussi ici.',
    'second_factor.wrong':
      'Ce n’était pas correct. Réessayez ; un code déjà utilisé n’est plus valable.',
    'second_factor.needed_title': 'Une deuxième étape est nécessaire',
    'second_factor.needed_lead': '{client} demande plus qu’un mot de passe',
    'second_factor.needed_note':
      'Choisissez avec quoi vous confirmerez vos connexions. Vous pourrez en ajouter ' +
      'd’autres plus tard.',
    'second_factor.needed_totp': 'Application d’authentification',
    'second_factor.needed_passkey': 'Clé d’accès',

    'factors.title': 'Sécurité',
    'factors.second': 'Deuxième étape',
    'factors.second_note':
      'Ce qui confirme que c’est bien vous, en plus de votre mot de passe. Une clé ' +
      'd’accès permet aussi de se connecter à elle seule.',
    'factors.none': 'Aucune pour l’instant. Votre mot de passe suffit à ouvrir votre compte.',
    'factors.totp': 'Application d’authentification',
    'factors.passkey': 'Clé d’accès',
    'factors.created': 'Ajoutée le {date}',
    'factors.used': 'dernière utilisation le {date}',
    'factors.elsewhere': 'pour {host}',
    'factors.remove': 'Retirer',
    'factors.remove_named': 'Retirer {name}',
    'factors.add_totp': 'Ajouter une application d’authentification',
    'factors.add_passkey': 'Ajouter une clé d’accès',
    'factors.name': 'Nom',
    'factors.name_note': 'Facultatif. Il vous aide à la distinguer des autres.',
    'factors.full': 'Il y en a déjà trop. Retirez-en une d’abord.',

    'totp.title': 'Ajouter une application d’authentification',
    'totp.scan': 'Scannez ce code avec l’application',
    'totp.qr': 'Code QR pour une application d’authentification',
    'totp.type': 'Ou saisissez-y cette clé',
    'totp.code': 'Code affiché par l’application',
    'totp.submit': 'Ajouter',
    'totp.wrong': 'Ce code n’était pas correct. Attendez le suivant et vérifiez l’heure de votre ' +
      'appareil.',
    'totp.expired':
      'Cette page est restée ouverte trop longtemps. Scannez le nouveau code ci-dessous.',

    'passkey.title': 'Ajouter une clé d’accès',
    'passkey.about':
      'Elle est gardée par cet appareil, votre gestionnaire de mots de passe ou une clé ' +
      'de sécurité, et se déverrouille avec votre empreinte, votre visage ou un code PIN.',
    'passkey.submit': 'Ajouter une clé d’accès',
    'passkey.refused': 'Cette clé d’accès n’a pas été acceptée. Réessayez.',
    'passkey.known': 'Cette clé d’accès est déjà là.',

    'recovery.title': 'Codes de récupération',
    'recovery.about':
      'Ils vous permettent d’entrer si vous avez perdu ce qui confirme vos connexions. ' +
      'Chacun sert une seule fois.',
    'recovery.remaining': 'Codes restants : {count}',
    'recovery.replaced': 'Les nouveaux codes remplaceront les précédents.',
    'recovery.make': 'Créer des codes de récupération',
    'recovery.keep':
      'Imprimez-les ou notez-les, et gardez-les à l’écart de votre appareil. Ils ne ' +
      'seront plus affichés.',
    'recovery.continue': 'Je les ai conservés',
    'recovery.skip': 'Pas maintenant',

    'consent.title': 'Autoriser l’accès ?',
    'consent.title_for': 'Autoriser l’accès pour {client}',
    'consent.lead': '{client} souhaite utiliser votre compte.',
    'consent.signed_in': 'Compte connecté',
    'consent.not_you': 'Ce n’est pas vous ?',
    'consent.scopes': 'Ce que vous autorisez',
    'consent.required': 'Fait toujours partie de la connexion.',
    'consent.required_here': 'Cette application ne fonctionne pas sans cela.',
    'consent.remember': 'Ne plus me demander pendant {duration}',
    'consent.new_client':
      'L’application {client} est nouvelle ici. N’autorisez l’accès que si vous la ' +
      'connaissez et si vous en venez vous-même.',
    'consent.undescribed': 'Il n’y a pas de description.',
    'consent.claims': 'Informations particulières demandées',
    'consent.resources': 'Où cet accès sera utilisé',
    'consent.details': 'Ce que l’application veut faire exactement',
    'consent.accept': 'Autoriser',
    'consent.deny': 'Ne pas autoriser',

    'scope.openid': 'Vous reconnaître',
    'releases.openid': 'Un identifiant qui vous représente dans cette application.',
    'scope.profile': 'Voir votre profil',
    'releases.profile': 'Nom, nom d’utilisateur, photo, date de naissance, langue, etc.',
    'scope.email': 'Voir votre adresse e-mail',
    'releases.email': 'L’adresse, et si elle a été vérifiée.',
    'scope.phone': 'Voir votre numéro de téléphone',
    'releases.phone': 'Le numéro, et s’il a été vérifié.',
    'scope.address': 'Voir votre adresse postale',
    'releases.address': 'Rue, ville, code postal et pays.',
    'scope.groups': 'Voir vos groupes',
    'releases.groups': 'Les noms des groupes auxquels vous appartenez.',
    'scope.offline_access': 'Garder l’accès en votre absence',
    'releases.offline_access':
      'L’application peut continuer à utiliser ce que vous autorisez ici une fois que vous ' +
      'l’avez quittée.',
    'scope.ostiary:admin': 'Administrer ce serveur',
    'releases.ostiary:admin': 'Applications, personnes, clés et droits pourront être modifiés.',
    'scope.ostiary:read': 'Voir comment ce serveur est administré',
    'releases.ostiary:read': 'Applications, personnes, sessions et modifications, sans secrets.',

    'claim.sub': 'Votre identifiant',
    'claim.name': 'Nom complet',
    'claim.given_name': 'Prénom',
    'claim.family_name': 'Nom de famille',
    'claim.middle_name': 'Deuxième prénom',
    'claim.nickname': 'Surnom',
    'claim.preferred_username': 'Nom d’utilisateur',
    'claim.profile': 'Page de profil',
    'claim.picture': 'Photo',
    'claim.website': 'Site web',
    'claim.gender': 'Genre',
    'claim.birthdate': 'Date de naissance',
    'claim.zoneinfo': 'Fuseau horaire',
    'claim.locale': 'Langue',
    'claim.updated_at': 'Dernière modification de votre profil',
    'claim.email': 'Adresse e-mail',
    'claim.email_verified': 'Si votre adresse e-mail a été vérifiée',
    'claim.phone_number': 'Numéro de téléphone',
    'claim.phone_number_verified': 'Si votre numéro de téléphone a été vérifié',
    'claim.address': 'Adresse postale',
    'claim.groups': 'Groupes',
    'claim.acr': 'Niveau de sécurité de votre connexion',
    'claim.auth_time': 'Date et heure de votre connexion',

    'error.title': 'Cela n’a pas fonctionné',
    'error.title_not_found': 'Rien ici',
    'error.title_server': 'Une erreur est survenue',
    'error.title_wait': 'Pas pour l’instant',
    'error.lead':
      'Retournez à l’application et recommencez. Si cela échoue encore, transmettez ce qui ' +
      'est affiché ici aux personnes qui la gèrent.',
    'error.lead_not_found':
      'Cette adresse ne mène nulle part. Vérifiez qu’elle a été copiée en entier.',
    'error.lead_server':
      'Le problème vient de notre côté. Réessayez dans un instant ; si cela dure, prévenez ' +
      'la personne qui gère ce serveur et donnez-lui la référence.',
    'error.lead_wait': 'Il y a trop de demandes à la fois. Attendez un peu, puis réessayez.',
    'error.details': 'Pour les développeurs et les exploitants',
    'error.code': 'Erreur',
    'error.description': 'Description',
    'error.status': 'Statut HTTP',
    'error.reference': 'Référence',

    'account.username': 'Nom d’utilisateur',
    'account.name': 'Nom',
    'account.name_note': 'Facultatif. C’est ainsi que les applications vous appelleront.',
    'account.email': 'Adresse e-mail',
    'account.email_note': 'Les applications que vous autorisez peuvent la voir.',
    'account.email_optional': 'Facultatif. Les applications que vous autorisez peuvent la voir.',
    'account.password': 'Mot de passe',
    'account.password_note': 'Au moins {count} caractères ; quelques mots valent mieux qu’un seul.',
    'account.repeat': 'Confirmer le mot de passe',
    'account.submit': 'Créer un compte',
    'account.problems': 'Le compte n’est pas encore créé. Regardez ce qui est signalé ci-dessous.',
    'account.missing': 'Ce champ ne peut pas être vide.',
    'account.differs': 'Les deux mots de passe sont différents.',
    'account.taken':
      'Ce nom est pris, ou ressemble trop à un nom déjà pris. Choisissez-en un autre.',
    'account.not_taken': 'Aucun compte ne peut être créé ici avec ce nom.',

    'username.empty': 'Choisissez un nom qui ne soit pas fait que d’espaces.',
    'username.too_long': 'Un nom d’utilisateur compte au plus {count} caractères.',
    'username.characters':
      'Un nom d’utilisateur se compose de lettres, des chiffres de 0 à 9 et de . _ - + @ ' +
      'seulement.',
    'username.mixed_scripts':
      'Un nom d’utilisateur ne mélange pas les lettres de plusieurs écritures.',
    'username.ends': 'Un nom d’utilisateur commence et finit par une lettre ou un chiffre.',
    'username.stray_mark': 'Il y a un accent ou un signe de voyelle sans lettre.',

    'password.too_short':
      'Au moins {count} caractères : un mot de passe plus court se devine trop vite.',
    'password.too_long': 'Au plus {count} caractères.',
    'password.control_characters':
      'Un mot de passe ne peut contenir ni tabulation ni saut de ligne.',
    'password.is_name':
      'Ne vous limitez pas à votre nom d’utilisateur, à votre adresse e-mail ou au nom de ce site.',
    'password.repeats':
      'Ne vous limitez pas à quelques caractères répétés : on les devine tout de suite.',
    'password.is_sequence':
      'Ne vous limitez pas à des touches ou des lettres voisines : on les devine tout de suite.',
    'password.is_common':
      'Beaucoup de gens utilisent ce mot de passe, on le devine donc tout de suite. ' +
      'Choisissez-en un autre.',

    'format.text': 'Il faut une ligne de texte pas trop longue.',
    'format.url': 'Il faut une adresse web qui commence par https:// ou http://.',
    'format.email': 'Il faut une adresse e-mail, par exemple nom@example.com.',
    'format.birthdate':
      'Il faut un jour sous la forme année-mois-jour, par exemple 1990-02-28, ou une ' +
      'année.',
    'format.zoneinfo': 'Il faut un fuseau horaire, par exemple Europe/Paris.',
    'format.locale': 'Il faut un code de langue, par exemple fr ou pt-BR.',
    'format.phone_number':
      'Il faut un numéro de téléphone qui commence par + et l’indicatif du pays.',
    'format.address': 'Il faut une adresse postale pas trop longue.',

    'sign_up.title': 'Créer un compte',
    'sign_up.title_for': 'Créer un compte pour {client}',
    'sign_up.lead': 'pour continuer vers {client}',
    'sign_up.lead_alone': 'chez {product}',
    'sign_up.slow_down': 'Trop de tentatives de création de compte. Réessayez dans {duration}.',
    'sign_up.busy': 'Il y a beaucoup de demandes en ce moment. Réessayez dans un instant.',
    'sign_up.have_account': 'Vous avez déjà un compte ?',
    'sign_up.login': 'Se connecter',

    'device.title': 'Connecter un appareil',
    'device.lead': 'avec un code qu’il vous montre',
    'device.code': 'Code affiché sur votre appareil',
    'device.code_note': 'Huit lettres. Majuscules, espaces et tirets ne comptent pas.',
    'device.submit': 'Continuer',
    'device.wrong':
      'Aucun appareil n’attend avec ce code. Vérifiez les lettres ; un code est valable ' +
      'quelques minutes, et pour une réponse.',
    'device.slow_down': 'Trop de codes ont été essayés. Réessayez dans {duration}.',
    'device.confirm_title_for': 'Autoriser l’accès pour {client} sur un appareil',
    'device.confirm_lead': '{client}, sur un appareil, souhaite utiliser votre compte.',
    'device.compare': 'N’autorisez que si l’appareil devant vous affiche ce code',
    'device.warning':
      'Si quelqu’un vous a envoyé ce code, ou un lien qui le contient, n’autorisez pas : ' +
      'son appareil entrerait dans votre compte.',
    'device.approved_title': 'Appareil connecté',
    'device.approved_lead': '{client} peut maintenant utiliser votre compte sur l’appareil.',
    'device.approved_task':
      'Vous pouvez fermer cette page et revenir à votre appareil. Il continue tout seul ' +
      'dans un instant.',
    'device.denied_title': 'Accès non autorisé',
    'device.denied_lead': '{client}, sur l’appareil, ne peut pas utiliser votre compte.',
    'device.denied_task': 'Vous pouvez fermer cette page. L’appareil est informé de votre refus.',

    'requests.none': 'Aucune application ne vous demande rien.',
    'requests.waiting': 'En attente de votre réponse',
    'requests.others': 'Également en attente de votre réponse',
    'requests.asks': '{client} vous demande de vous connecter',
    'requests.left': 'Vous pouvez encore répondre pendant {duration}.',
    'requests.compare': 'N’approuvez que si l’application vous montre les mêmes mots',
    'requests.warning':
      'N’approuvez que ce que vous venez de commencer vous-même. Si quelqu’un vous demande d’approuver, refusez : cette personne entrerait dans votre compte.',
    'requests.approve': 'Approuver',
    'requests.look': 'Voir',
    'requests.count': '{count} en attente',
    'requests.code': 'Code utilisateur',
    'requests.code_about':
      'Les applications qui vous demandent de vous connecter doivent connaître ce code avant que la demande ne vous parvienne. Choisissez-en un si des demandes que vous n’avez pas commencées vous dérangent, et ne le donnez à personne d’autre que l’application.',
    'requests.code_set': 'Vous avez un code utilisateur.',
    'requests.code_new': 'Votre nouveau code',
    'requests.code_note': 'De 4 à 64 caractères ; pas votre mot de passe.',
    'requests.code_length': 'Le code doit comporter de 4 à 64 caractères.',
    'requests.code_save': 'Enregistrer le code',
    'requests.code_remove': 'Supprimer le code',

    'forbidden.title': 'Accès refusé',
    'forbidden.lead': 'Vous n’avez pas accès à {host}.',
    'forbidden.task': 'Demandez l’accès aux personnes qui le gèrent, ou utilisez un autre compte.',

    'setup.title': 'Installation',
    'setup.heading': 'Vous êtes la première personne ici',
    'setup.lead': 'Choisissez comment vous vous connecterez. Ce compte administre {product}.',
    'setup.closed_title': 'Ce lien n’est plus valable',
    'setup.used': 'Le premier compte a déjà été créé.',
    'setup.used_task':
      'Si ce n’est pas vous qui l’avez créé, prévenez tout de suite la personne qui gère ' +
      'ce serveur.',
    'setup.expired': 'Ce lien a expiré, ou un plus récent l’a remplacé.',
    'setup.expired_task':
      'Tant qu’il n’y a pas de compte, le serveur affiche un nouveau lien à chaque ' +
      'démarrage. Utilisez le plus récent, en entier.',
    'setup.done_title': 'Tout est prêt, {username}',
    'setup.done_lead': 'Votre compte {product} est prêt. Voici la suite.',
    'setup.next_client': 'Enregistrer une application',
    'setup.next_client_note':
      'Sur la machine où tourne ce serveur, avec l’adresse de rappel (callback) de votre ' +
      'application :',
    'setup.next_discovery': 'Indiquer à l’application où chercher',
    'setup.next_discovery_note': 'Elle trouve tout le reste grâce à l’URL de découverte :',
    'setup.next_docs': 'Pour en savoir plus',

    'home.title': 'Ostiary fonctionne ici',
    'home.lead': 'Ce serveur connecte les personnes à leurs applications.',
    'home.lead_pending': 'Il attend son premier administrateur.',
    'home.setup': 'Pas encore de compte',
    'home.setup_note':
      'Au démarrage, le serveur a affiché un lien pour le premier administrateur. Ouvrez ' +
      'ce lien pour choisir un nom d’utilisateur et un mot de passe.',
    'home.applications': 'Pour les applications',
    'home.issuer': 'Émetteur',
    'home.discovery': 'Document de découverte',

    'reset.title': 'Choisir un nouveau mot de passe',
    'reset.lead': 'Dites-nous qui vous êtes, et nous vous enverrons un lien.',
    'reset.submit': 'Envoyer le lien',
    'reset.sent_title': 'Consultez vos e-mails',
    'reset.sent': 'Si ce compte existe et a une adresse e-mail, un lien est en route.',
    'reset.sent_note': 'Il est valable {duration} et pour un seul nouveau mot de passe.',
    'reset.sent_task':
      'Rien n’arrive ? Regardez parmi les courriers indésirables, ou demandez un lien à ' +
      'la personne qui gère ce serveur.',
    'reset.slow_down': 'Des liens ont été demandés trop souvent. Réessayez dans {duration}.',
    'reset.new_lead': 'pour le compte {username}',
    'reset.password': 'Nouveau mot de passe',
    'reset.repeat': 'Confirmer le nouveau mot de passe',
    'reset.save': 'Enregistrer le nouveau mot de passe',
    'reset.busy':
      'Il y a beaucoup de demandes en ce moment. Renvoyez le formulaire dans un instant.',
    'reset.problems': 'Votre mot de passe n’est pas encore changé. Regardez ce qui est signalé ' +
      'ci-dessous.',
    'reset.void_title': 'Ce lien n’est plus valable',
    'reset.void': 'Ce lien a déjà servi, a expiré ou n’est pas complet.',
    'reset.again': 'Demander un nouveau lien',
    'reset.ask_operator': 'Demandez un nouveau lien à la personne qui gère ce serveur.',
    'reset.back': 'Retour à la connexion',

    'mail.greeting': 'Bonjour {username},',
    'mail.not_you': 'Si ce n’était pas vous, prévenez tout de suite la personne qui gère {host}.',
    'mail.password_changed_subject': 'Votre mot de passe a été changé',
    'mail.password_changed':
      'Votre mot de passe pour {host} a été changé. Tous les appareils ont été ' +
      'déconnectés.',
    'mail.password_reset_subject': 'Vous avez un nouveau mot de passe',
    'mail.password_reset':
      'Vous avez un nouveau mot de passe pour {host}, choisi grâce à un lien. Tous les ' +
      'appareils ont été déconnectés.',
    'mail.factor_added_subject': 'Un autre moyen de prouver que c’est vous',
    'mail.factor_added': 'Un deuxième facteur a été ajouté à votre compte sur {host}.',
    'mail.factor_removed_subject': 'Un deuxième facteur a été retiré',
    'mail.factor_removed': 'Un deuxième facteur a été retiré de votre compte sur {host}.',
    'mail.recovery_code_used_subject': 'Un code de récupération a été utilisé',
    'mail.recovery_code_used':
      'Quelqu’un s’est connecté à {host} avec l’un de vos codes de récupération.',
    'mail.reset_link_subject': 'Choisir un nouveau mot de passe',
    'mail.reset_link':
      'Choisissez un nouveau mot de passe pour {host} avec ce lien, valable {duration} et ' +
      'une seule fois :',
    'mail.reset_link_not_you':
      'Si ce n’était pas vous, il n’y a rien à faire : votre mot de passe reste le même.',
    'mail.request_subject': 'Une demande attend votre réponse',
    'mail.request':
      'Une application vous demande de vous connecter à {host}. Consultez la demande et répondez-y ; délai : {duration} :',
    'mail.request_not_you':
      'N’approuvez que ce que vous avez commencé vous-même. Si ce n’était pas vous, refusez.',

    'logout.title': 'Se déconnecter ?',
    'logout.lead': '{client} demande à vous déconnecter.',
    'logout.lead_alone': 'de votre compte sur {product}',
    'logout.accounts': 'Quels comptes déconnecter',
    'logout.note':
      'Les applications où vous avez ouvert une session peuvent aussi vous déconnecter.',
    'logout.submit': 'Se déconnecter',
    'logout.stay': 'Ne pas se déconnecter',
    'logout.stayed_title': 'Votre session reste ouverte',
    'logout.stayed_lead': 'Rien n’a changé.',
    'logout.to_client': 'Retour à {client}',

    'logged_out.title': 'Déconnexion effectuée',
    'logged_out.lead': 'de votre compte sur {product}',
    'logged_out.note': 'Vous pouvez fermer cette page.',
    'logged_out.staying': 'Comptes encore connectés ici : {accounts}',
    'logged_out.sign_in': 'Se reconnecter',

    'form_post.title': 'Un instant',
    'form_post.lead': 'Vous êtes sur le chemin du retour vers l’application.',
    'form_post.note': 'Si rien ne se passe tout seul, continuez ici.',
    'form_post.submit': 'Continuer',

    'account_overview.title': 'Votre compte',
    'account_overview.open': 'Ouvrir',
    'account_overview.factors': 'Deuxièmes facteurs',
    'account_overview.here': 'Comptes sur cet appareil',
    'account_overview.switch': 'Utiliser un autre compte',
    'account_overview.sign_out': 'Se déconnecter ici',

    'account_profile.note':
      'Les applications que vous autorisez peuvent voir ce que vous indiquez. Tout est ' +
      'facultatif.',
    'account_profile.read_only': 'Votre profil est géré ailleurs et ne peut pas être modifié ici.',
    'account_profile.problems': 'Rien n’a été enregistré. Regardez ce qui est signalé ci-dessous.',
    'account_profile.verified': 'vérifiée',
    'account_profile.unverified': 'non vérifiée',
    'account_profile.save': 'Enregistrer',
    'address.street_address': 'Numéro et rue',
    'address.locality': 'Ville',
    'address.region': 'État ou région',
    'address.postal_code': 'Code postal',
    'address.country': 'Pays',

    'account_password.note':
      'Tous les autres appareils sont déconnectés, et les applications perdent leur ' +
      'accès.',
    'account_password.read_only':
      'Votre mot de passe est géré ailleurs et ne peut pas être changé ici.',
    'account_password.current': 'Mot de passe actuel',
    'account_password.next': 'Nouveau mot de passe',
    'account_password.submit': 'Changer le mot de passe',
    'account_password.wrong': 'Ce n’est pas votre mot de passe actuel.',

    'account_sessions.device': '{browser} sur {system}',
    'account_sessions.unknown': 'Appareil inconnu',
    'account_sessions.this': 'Cet appareil',
    'account_sessions.used': 'Dernière utilisation : {time}',
    'account_sessions.since': 'Connexion : {time}',
    'account_sessions.end': 'Déconnecter',
    'account_sessions.end_others': 'Déconnecter partout ailleurs',

    'account_applications.none': 'Aucune application n’a accès à votre compte.',
    'account_applications.granted': 'Autorisation : {time}',
    'account_applications.revoke': 'Retirer l’accès',
    'account_applications.saved': 'Réponses enregistrées',
    'account_applications.saved_note': 'Jusqu’à leur expiration, on ne vous demande plus rien.',
    'account_applications.until': 'Jusqu’au {time}',
    'account_applications.forget': 'Me demander à nouveau',

    'account_done.profile_saved': 'Votre profil a été enregistré.',
    'account_done.password_changed':
      'Votre mot de passe a été changé. Tous les autres appareils ont été déconnectés.',
    'account_done.session_ended': 'L’appareil choisi a été déconnecté.',
    'account_done.sessions_ended': 'Tous les autres appareils ont été déconnectés.',
    'account_done.request_approved': 'Demande approuvée. L’application continue d’elle-même.',
    'account_done.request_denied': 'Demande refusée. L’application est informée de votre refus.',
    'account_done.request_over':
      'Cette demande est terminée : elle a déjà reçu une réponse ou elle a expiré.',
    'account_done.user_code_set': 'Votre code utilisateur est enregistré.',
    'account_done.user_code_removed': 'Vous n’avez plus de code utilisateur.',
    'account_done.application_revoked': 'L’application n’a plus accès.',
    'account_done.consent_removed': 'La question vous sera posée à nouveau.',
    'account_done.factor_added': 'C’est en place.',
    'account_done.factor_removed': 'C’est retiré.',

    'account_activity.none': 'Rien ne s’est encore passé.',
    'account_activity.count': '{count} fois',
    'activity.signed_in': 'Connexion',
    'activity.sign_in_failed': 'Mot de passe erroné',
    'activity.second_factor_failed': 'Deuxième facteur erroné',
    'activity.password_changed': 'Mot de passe changé',
    'activity.password_reset': 'Mot de passe réinitialisé avec un lien',
    'activity.factor_added': 'Deuxième facteur ajouté',
    'activity.factor_removed': 'Deuxième facteur retiré',
    'activity.recovery_codes_made': 'Codes de récupération créés',
    'activity.recovery_code_used': 'Code de récupération utilisé',
    'activity.session_ended': 'Appareil déconnecté',
    'activity.application_revoked': 'Accès retiré : {client}',
    'activity.request_approved': 'Demande approuvée : {client}',
    'activity.request_denied': 'Demande refusée : {client}',
    'activity.profile_changed': 'Profil modifié',
  },
};
