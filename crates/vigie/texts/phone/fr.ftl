# Le rapport d'un examen de téléphone, en français.

title = Examen du téléphone
for-owner = Pour la personne à qui appartient le téléphone
for-analyst = Annexe pour l’analyste
languages = Ce rapport en d’autres langues

verdict-traces-found = Des traces de logiciel espion ont été trouvées.
verdict-traces-found-more = Le téléphone montre ce que laisse une attaque connue, ou sa tentative. Cette page dit quoi, quand et avec quelle certitude.
verdict-needs-expert = Un expert doit examiner ce téléphone.
verdict-needs-expert-more = On a trouvé quelque chose qui peut avoir une cause anodine, ou une partie des données n’a pas pu être lue. Seul un expert peut trancher.
verdict-nothing-found = Rien n’a été trouvé dans ce qui a pu être lu.
verdict-nothing-found-more = Aucune des traces connues ne figurait dans les parties lues. Un logiciel espion nouveau peut laisser des traces que personne ne connaît encore.
rechecked = Le téléphone n’a pas été relu. Ce qu’il montrait lors d’un examen antérieur a été comparé aux indicateurs d’aujourd’hui.

what = Ce qui a été trouvé
when = Quand
sure = Avec quelle certitude
now = Que faire maintenant
call = Qui appeler
none = Aucune trace connue n’a été rencontrée.
more = { $count ->
    [one] Une autre figure dans l’annexe.
   *[other] { $number } autres figurent dans l’annexe.
}
not-dated = Le téléphone ne dit pas quand.
unread = { $count ->
    [one] Une partie des données du téléphone n’a pas pu être lue jusqu’au bout. L’annexe la nomme.
   *[other] { $number } parties des données du téléphone n’ont pas pu être lues jusqu’au bout. L’annexe les nomme.
}
limits = Aucun examen ne peut prouver qu’un téléphone est exempt de logiciel espion. Celui-ci compare ce que garde le téléphone avec ce que l’on sait des attaques passées.

grade-trace = Trace
grade-trace-means = une attaque, ou sa tentative, laisse cela, et presque rien d’autre
grade-suspicion = Soupçon
grade-suspicion-means = une attaque aurait cet aspect, une cause anodine aussi ; un expert doit regarder
grade-note = Note
grade-note-means = bon à savoir ; seul, cela ne dit rien d’une attaque

now-traces-found-1 = N’effacez rien, ne réinitialisez pas, ne mettez pas à jour et ne redémarrez pas le téléphone : cela détruit des preuves.
now-traces-found-2 = Parlez-en depuis un autre téléphone, loin de celui-ci. Pour ce qui est confidentiel, utilisez un autre appareil.
now-traces-found-3 = Appelez aujourd’hui l’un des contacts ci-dessous. Gardez ce rapport et les données.
now-needs-expert-1 = N’effacez rien et ne réinitialisez pas le téléphone avant qu’un expert l’ait vu.
now-needs-expert-2 = Montrez ce rapport à l’un des contacts ci-dessous. Une seconde collecte peut être nécessaire.
now-nothing-found-1 = Installez les mises à jour dès qu’elles arrivent et redémarrez souvent le téléphone.
now-nothing-found-2 = Si vous pouvez être une cible, activez le mode Isolement (iPhone) ou la Protection avancée (Android).
now-nothing-found-3 = Revenez si vous recevez un avertissement d’Apple, de Google ou de WhatsApp, ou un lien étrange.
call-who = Ceux qui ont fait cet examen ; le CERT de votre pays ; pour les journalistes, avocats et défenseurs des droits humains aussi la Digital Security Helpline d’Access Now, help@accessnow.org.

reason-in-message = Une adresse utilisée par des attaquants figure dans un message. C’est une tentative ; cela ne dit pas si elle a réussi.
else-in-message = quelqu’un a pu transmettre le lien pour avertir, ou citer un rapport
reason-by-owner = C’est la personne elle-même qui a envoyé le message : l’adresse a été transmise d’ici.
reason-visited = Une adresse utilisée par des attaquants a été ouverte dans un navigateur.
else-visited = quelqu’un a pu l’ouvrir par curiosité après avoir lu un rapport
reason-by-redirect = Le navigateur y a été envoyé, ou en est reparti, en moins d’une seconde. Personne ne tape si vite : une page ou quelqu’un sur le réseau l’a fait.
reason-typed = La personne a tapé ou choisi l’adresse. Une attaque n’attend pas cela.
reason-site-data = Le navigateur garde quelque chose d’une adresse utilisée par des attaquants.
else-site-data = une page tierce a pu la demander sans que la personne l’ouvre
reason-connected = Le téléphone a demandé une adresse utilisée par des attaquants, ou s’y est connecté.
else-connected = une application qui ouvre les liens d’avance, ou une application de protection, a pu la demander
reason-vendor-site = C’est le site public d’une entreprise qui fabrique de tels outils. Le lire n’infecte personne.
reason-shared-address = C’est un numéro du réseau. De tels numéros passent d’un utilisateur à l’autre.
reason-acquainted = Une adresse utilisée par des attaquants figure parmi les contacts, les appels ou les conversations.
else-acquainted = on enregistre les adresses de ceux qui nous écrivent, aussi pour les bloquer
reason-attacker-account = Les services du téléphone ont rencontré un compte utilisé par des attaquants. Cela n’arrive pas par hasard.
else-attacker-account = quelqu’un a pu écrire exprès à ce compte, pour enquêter
reason-ran = Un programme qui porte le nom d’un logiciel espion connu a tourné sur le téléphone.
else-ran = un autre programme peut porter le même nom
reason-bundle-beside = À côté du nom figure l’identifiant d’une application. Chacun peut nommer ainsi une application, et un logiciel espion en a rarement une.
reason-cut-name = Le téléphone ne garde que les 16 premiers caractères du nom. Un autre programme peut commencer de même.
reason-file-there = Un fichier ou dossier se trouve là où un logiciel espion connu le met.
else-file-there = un outil qui cherche les logiciels espions a pu l’écrire
reason-name-only = Un fichier porte le nom de celui d’un logiciel espion connu, mais se trouve ailleurs.
else-name-only = d’autres fichiers peuvent porter le même nom
reason-same-bytes = Un fichier, ou la signature d’une application, est identique octet par octet à celui d’un logiciel espion connu.
else-same-bytes = la personne a pu garder exprès un échantillon
reason-app-there = Une application connue comme logiciel espion est, ou était, sur le téléphone.
else-app-there = quelqu’un qui administre le téléphone a pu l’installer ouvertement
reason-profile-there = Un profil de configuration utilisé par des attaquants est, ou était, sur le téléphone.
else-profile-there = on ne connaît aucune cause anodine
reason-property-set = Le téléphone a un réglage que fait un logiciel espion connu.
else-property-set = un fabricant ou un système modifié peut utiliser le même nom
reason-described = Il y a sur le téléphone quelque chose que l’indicateur décrit.
else-described = l’indicateur peut décrire aussi des choses anodines
reason-several = Plusieurs enregistrements ensemble sont ce que l’indicateur décrit.
else-several = chacun d’eux, seul, peut être anodin
reason-too-generic = Presque tout téléphone a cette valeur. L’indicateur est trop général pour dire quoi que ce soit.
reason-expired = L’indicateur était périmé lorsque cela s’est produit. L’adresse ou le nom a pu passer à quelqu’un d’autre.
reason-low-confidence = L’auteur de l’indicateur n’en est lui-même pas certain.
reason-two-artefacts = Une autre partie du téléphone montre une autre trace dans la même heure. Deux qui s’accordent disent plus qu’une.
reason-sign = Aucun indicateur n’a été rencontré. C’est un fait que laissent des attaquants, et des gens inoffensifs aussi.

findings = Constats
left = { $count ->
    [one] Un autre figure dans findings.jsonl.
   *[other] { $number } autres figurent dans findings.jsonl.
}
grade = Degré
time = Heure (UTC)
where = Où
value = Valeur
line = Ligne concernée
indicator = Indicateur
why = Pourquoi
else = Ce qui l’expliquerait aussi
published = Publié
source = Source
timeline = Chronologie des constats
timeline-means = Une marque pour chaque constat daté ; les plus graves en haut. Le fichier timeline.jsonl contient chaque moment de chaque enregistrement.
timeline-none = Aucun constat n’est daté.
completeness = Ce qui a été lu, et ce qui ne l’a pas été
artefact = Partie
file = Fichier
state = État
records = Enregistrements
reason = Pourquoi pas
state-present = présent
state-absent = absent
state-unreadable = illisible
state-partial = partiel
state-not-in-this-kind = pas dans ce genre de données
absent-summed = { $count ->
    [one] Une partie n’existe pas dans ce genre de données ; completeness.json la nomme.
   *[other] { $number } parties n’existent pas dans ce genre de données ; completeness.json les nomme.
}
sources = D’où viennent les indicateurs
indicates = Indique
creator = Fait par
references = Références
indicators = Indicateurs
quality = Qualité des indicateurs
quality-repeated = demandent la même chose qu’un autre
quality-not-usable-here = demandent ce qu’aucun téléphone ne montre
quality-too-generic = sont trop généraux ; ce qu’ils rencontrent est au plus une note
quality-expired = sont périmés
quality-revoked = ont été retirés par leurs auteurs et n’ont pas servi
quality-refused = n’ont pas pu être lus et n’ont pas servi
consent = Consentement
consent-owner = Propriétaire
consent-purpose = But
consent-scope = Étendue
consent-retention = Conservation
consent-date = Date
consent-extract = Extrait pour des indicateurs à venir
extract-agreed = accepté
extract-not-agreed = non accepté
extract-written = accepté ; c’est extract.age, chiffré
custody = Conservation des preuves
custody-kind = Genre de données
custody-files = Fichiers
custody-bytes = Octets
custody-hash = SHA-256 de la liste des fichiers
custody-checked = Jour de l’examen dont l’extrait a été comparé
custody-extract = SHA-256 de l’extrait
custody-signer = Signé avec la clé de
custody-run = une clé faite pour cet examen seulement
custody-note = manifest.json contient le SHA-256 de chaque fichier examiné et de chaque fichier produit ; manifest.json.sig en est la signature.
certainty-exact = exact
certainty-day = ce jour-là
certainty-zoned = d’après l’heure locale
certainty-local = heure locale, fuseau inconnu
