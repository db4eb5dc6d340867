# Français. Les clés suivent les pages ; un texte est une phrase ou une étiquette entière, jamais un morceau.
# `$count` choisit la forme des mots, `$number` est le même nombre tel qu'il se lit.

frame-skip = Aller au contenu
frame-sections = Rubriques
frame-languages = Langues
frame-caller = Session de

section-overview = Vue d’ensemble
section-intel = Renseignement
section-alert = Alertes
section-peer = Alliés

label-closed = émetteur seul

list-pages = Pages de la liste
list-more = Plus anciens

column-object = Objet
column-label = Diffusion
column-producer = Source
column-added = Ajouté
column-rule = Règle
column-value = Valeur
column-record = Enregistrement
column-noticed = Constatée
column-indicator = Indicateur
column-seen-by = Vu par
column-times = Fois
column-last-seen = Vu en dernier
column-path = Comparaison
column-member = Membre
column-standing = État
column-pulled = Lu jusqu’au
column-epoch = Époque
column-node = Nœud et clé

overview-lead = Ce qu’un allié voit une fois protège tous les alliés.
overview-alerts = Dernières alertes
overview-alerts-caption = Ce que nos capteurs ont vu en dernier
overview-newest = Derniers renseignements
overview-newest-caption = Ce qui est arrivé en dernier
overview-sightings = Observations
overview-sightings-caption = Qui a vu ce que décrit un indicateur
overview-held = Détenu ici
overview-versions = { $count ->
    [one] { $number } version
   *[other] { $number } versions
}
overview-rules = Règles
overview-identity = Ce nœud
overview-member = Membre
overview-fingerprint = Certificat, SHA-256

ring-title = Ce nœud au centre, ses alliés autour ; la liste dit la même chose en mots

standing-connected = en liaison
standing-apart = injoignable
standing-suspended = suspendu
standing-left = a quitté l’accord

rule-active = en vigueur
rule-not-yet-valid = pas encore valides
rule-expired = expirées
rule-revoked = révoquées
rule-duplicate = remplacées ou en double
rule-refused = inutilisables
rule-none = Aucune règle n’est chargée.

intel-lead = Tout ce que vous pouvez voir ici, du plus récent au plus ancien.
intel-caption = Objets, du plus récent au plus ancien
intel-none = Rien à montrer.
intel-revoked = révoqué
intel-searched = { $count ->
    [one] { $number } objet a été parcouru ; la liste continue avec de plus anciens.
   *[other] { $number } objets ont été parcourus ; la liste continue avec de plus anciens.
}
intel-current = Dernière version
intel-earlier = Versions antérieures
intel-added = ajouté
intel-text = { $count ->
    [one] Texte exact, { $number } octet
   *[other] Texte exact, { $number } octets
}
intel-older = { $count ->
    [one] { $number } version plus ancienne n’est pas montrée.
   *[other] { $number } versions plus anciennes ne sont pas montrées.
}
intel-alerts-caption = Où il s’est déclenché ici
intel-sightings-caption = Qui l’a vu

filter-type = Type
filter-any = tous
filter-words = Mots
filter-apply = Chercher

alert-lead = Les règles déclenchées par la télémétrie de ce pays, des plus récentes aux plus anciennes.
alert-caption = Alertes, de la plus récente à la plus ancienne
alert-none = Aucune règle ne s’est déclenchée.
alert-matched = Ce qui a été trouvé
alert-matched-caption = Les comparaisons vraies
alert-rule = La règle
alert-rule-gone = L’indicateur n’est plus détenu ici.
alert-record = L’enregistrement
alert-happened = Survenu
alert-file = Fichier
alert-line = Ligne
alert-format = Format
alert-language = Langage de la règle
alert-stays = L’enregistrement ne quitte jamais ce pays.

sighting-none = Personne n’a signalé d’observation.

peer-lead = Les nœuds des autres membres, et s’ils sont joignables.
peer-caption = Alliés par pays
peer-none = Aucun allié n’est inscrit.
peer-epoch-note = L’époque compte, chez l’allié, les changements de ce que nous pouvons voir ; quand elle change, tout est relu.

problem-stranger = Veuillez vous identifier
problem-stranger-advice = Cette page demande le nom et le secret d’un jeton. L’administrateur de ce nœud les délivre.
problem-absent = Il n’y a rien ici
problem-absent-advice = L’adresse est fausse, ou ce qu’elle désigne ne vous est pas destiné.
problem-method = Cette page se lit seulement
problem-busy = Trop à faire
problem-busy-advice = Le nœud est occupé. Veuillez réessayer dans un instant.
problem-inside = Quelque chose a échoué ici
problem-inside-advice = La raison se trouve dans le journal technique du nœud, sous l’identifiant ci-dessous s’il y en a un.
problem-id = Identifiant
