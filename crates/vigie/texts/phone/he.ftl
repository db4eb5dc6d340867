# דוח בדיקת טלפון, עברית.

title = בדיקת טלפון
for-owner = לבעל הטלפון
for-analyst = נספח לאנליסט
languages = הדוח בשפות אחרות

verdict-traces-found = נמצאו עקבות של תוכנת ריגול.
verdict-traces-found-more = בטלפון יש מה שתקיפה מוכרת, או ניסיון תקיפה, מותירים אחריהם. דף זה אומר מה, מתי ובאיזו מידת ודאות.
verdict-needs-expert = מומחה צריך לבדוק את הטלפון הזה.
verdict-needs-expert-more = נמצא דבר שאולי יש לו סיבה רגילה, או שחלק מהנתונים לא היה ניתן לקריאה. רק מומחה יכול לקבוע.
verdict-nothing-found = לא נמצא דבר במה שהיה ניתן לקרוא.
verdict-nothing-found-more = אף אחד מהעקבות המוכרים לא היה בחלקים שנקראו. תוכנת ריגול חדשה עשויה להותיר עקבות שאיש עוד אינו מכיר.
rechecked = הטלפון לא נקרא שוב. מה שנראה בו בבדיקה קודמת הושווה למזהים של היום.

what = מה נמצא
when = מתי
sure = מה מידת הוודאות
now = מה לעשות עכשיו
call = למי להתקשר
none = לא נתגלה אף עקב מוכר.
more = { $count ->
    [one] ממצא אחד נוסף מופיע בנספח.
    [two] שני ממצאים נוספים מופיעים בנספח.
   *[other] עוד { $number } ממצאים מופיעים בנספח.
}
not-dated = הטלפון אינו אומר מתי.
unread = { $count ->
    [one] חלק אחד מנתוני הטלפון לא נקרא עד סופו. הוא נזכר בנספח.
    [two] שני חלקים מנתוני הטלפון לא נקראו עד סופם. הם נזכרים בנספח.
   *[other] { $number } חלקים מנתוני הטלפון לא נקראו עד סופם. הם נזכרים בנספח.
}
limits = שום בדיקה אינה יכולה להוכיח שאין בטלפון תוכנת ריגול. הבדיקה הזאת משווה את מה שהטלפון שומר עם מה שידוע על תקיפות קודמות.

grade-trace = עקב
grade-trace-means = תקיפה, או ניסיון תקיפה, מותירים זאת, וכמעט שום דבר אחר
grade-suspicion = חשד
grade-suspicion-means = תקיפה הייתה נראית כך, וייתכן שגם דבר רגיל; מומחה חייב לבדוק
grade-note = הערה
grade-note-means = כדאי לדעת; לבדה אינה מעידה על תקיפה

now-traces-found-1 = אין למחוק דבר, לאפס, לעדכן או להפעיל מחדש את הטלפון: הדבר משמיד ראיות.
now-traces-found-2 = יש לדבר על כך מטלפון אחר, רחוק מהטלפון הזה. לדברים חסויים יש להשתמש במכשיר אחר.
now-traces-found-3 = יש להתקשר היום לאחד הגורמים שלהלן. יש לשמור את הדוח ואת הנתונים.
now-needs-expert-1 = אין למחוק דבר ואין לאפס את הטלפון לפני שמומחה בדק אותו.
now-needs-expert-2 = יש להראות את הדוח לאחד הגורמים שלהלן. ייתכן שיהיה צורך באיסוף נתונים נוסף.
now-nothing-found-1 = יש להתקין עדכונים מיד עם הופעתם ולהפעיל מחדש את הטלפון לעיתים קרובות.
now-nothing-found-2 = מי שעלול להיות יעד, שיפעיל את מצב הנעילה (iPhone) או את ההגנה המתקדמת (Android).
now-nothing-found-3 = יש לחזור אלינו אם התקבלה אזהרה מאת Apple, ‏Google או WhatsApp, או קישור מוזר.
call-who = מי שביצעו את הבדיקה; ה־CERT הלאומי; לעיתונאים, עורכי דין ומגיני זכויות אדם גם קו הסיוע הדיגיטלי של Access Now: help@accessnow.org.

reason-in-message = בהודעה מופיעה כתובת שתוקפים השתמשו בה. זהו ניסיון; אם הצליח, זה לבדו אינו אומר.
else-in-message = ייתכן שמישהו העביר את הקישור כאזהרה, או ציטט דוח
reason-by-owner = בעל הטלפון עצמו שלח את ההודעה: הכתובת הועברה מכאן הלאה.
reason-visited = בדפדפן נפתחה כתובת שתוקפים השתמשו בה.
else-visited = ייתכן שמישהו פתח אותה מסקרנות אחרי קריאת דוח
reason-by-redirect = הדפדפן נשלח לשם, או משם הלאה, בתוך שנייה. איש אינו מקליד מהר כל כך: דף או מישהו ברשת עשה זאת.
reason-typed = בעל הטלפון הקליד את הכתובת או בחר בה. תקיפות אינן ממתינות לכך.
reason-site-data = הדפדפן שומר משהו מכתובת שתוקפים השתמשו בה.
else-site-data = ייתכן שדף של גורם אחר ביקש אותה, בלי שבעל הטלפון פתח אותה
reason-connected = הטלפון ביקש כתובת שתוקפים השתמשו בה, או התחבר אליה.
else-connected = ייתכן שביקשה אותה אפליקציה שפותחת קישורים מראש, או אפליקציית הגנה
reason-vendor-site = זהו האתר הפומבי של חברה שמייצרת כלים כאלה. קריאתו אינה מדביקה איש.
reason-shared-address = זהו מספר של הרשת. מספרים כאלה עוברים ממשתמש למשתמש.
reason-acquainted = כתובת שתוקפים השתמשו בה מופיעה בין אנשי הקשר, השיחות או ההתכתבויות.
else-acquainted = אנשים שומרים כתובות של מי שכותב להם, גם כדי לחסום אותו
reason-attacker-account = שירותי הטלפון נתקלו בחשבון שתוקפים השתמשו בו. איש אינו נתקל בו במקרה.
else-attacker-account = ייתכן שמישהו כתב לחשבון הזה בכוונה, כדי לחקור אותו
reason-ran = בטלפון רצה תוכנית ששמה כשם תוכנת ריגול מוכרת.
else-ran = ייתכן שתוכנית אחרת נושאת אותו שם
reason-bundle-beside = לצד השם עומד מזהה של אפליקציה. כל אחד יכול לתת לאפליקציה שם כזה, ולתוכנת ריגול לעיתים נדירות יש מזהה.
reason-cut-name = הטלפון שומר רק את 16 התווים הראשונים של השם. ייתכן שתוכנית אחרת מתחילה בהם.
reason-file-there = קובץ או תיקייה נמצאים במקום שבו תוכנת ריגול מוכרת שמה אותם.
else-file-there = ייתכן שכלי שמחפש תוכנות ריגול כתב אותו
reason-name-only = לקובץ יש שם כשל קובץ של תוכנת ריגול מוכרת, אך הוא במקום אחר.
else-name-only = ייתכן שקבצים אחרים נושאים אותו שם
reason-same-bytes = קובץ, או חתימה של אפליקציה, זהה בית אחר בית לזה של תוכנת ריגול מוכרת.
else-same-bytes = ייתכן שבעל הטלפון שמר דוגמה בכוונה
reason-app-there = אפליקציה שידועה כתוכנת ריגול נמצאת בטלפון, או הייתה בו.
else-app-there = ייתכן שמי שמנהל את הטלפון התקין אותה בגלוי
reason-profile-there = פרופיל תצורה שתוקפים השתמשו בו נמצא בטלפון, או היה בו.
else-profile-there = לא ידועה סיבה רגילה לכך
reason-property-set = בטלפון יש הגדרה שתוכנת ריגול מוכרת קובעת.
else-property-set = ייתכן שיצרן או מערכת שעברה שינוי משתמשים באותו שם
reason-described = בטלפון יש דבר שהמזהה מתאר.
else-described = ייתכן שהמזהה מתאר גם דברים רגילים
reason-several = כמה רשומות יחד הן מה שהמזהה מתאר.
else-several = ייתכן שכל אחת מהן לבדה רגילה
reason-too-generic = כמעט בכל טלפון יש ערך זה. המזהה כללי מכדי לומר משהו.
reason-expired = תוקפו של המזהה פג לפני שהדבר קרה. ייתכן שהכתובת או השם עברו לאחר.
reason-low-confidence = יוצר המזהה עצמו מסתייג ממנו.
reason-two-artefacts = חלק אחר של הטלפון מראה עקב אחר בתוך אותה שעה. שניים מסכימים אומרים יותר מאחד.
reason-sign = לא נתגלה אף מזהה. זו עובדה שתוקפים מותירים אחריהם, וגם אנשים רגילים.

findings = ממצאים
left = { $count ->
    [one] ממצא אחד נוסף מופיע ב־findings.jsonl.
    [two] שני ממצאים נוספים מופיעים ב־findings.jsonl.
   *[other] עוד { $number } ממצאים מופיעים ב־findings.jsonl.
}
grade = דרגה
time = זמן (UTC)
where = היכן
value = ערך
line = השורה התואמת
indicator = מזהה
why = מדוע
else = מה עוד עשוי להסביר זאת
published = פורסם
source = מקור
timeline = ציר הזמן של הממצאים
timeline-means = סימן לכל ממצא מתוארך; החמורים למעלה. בקובץ timeline.jsonl יש כל רגע של כל רשומה.
timeline-none = לאף ממצא אין תאריך.
completeness = מה נקרא ומה לא
artefact = חלק
file = קובץ
state = מצב
records = רשומות
reason = מדוע לא
state-present = קיים
state-absent = חסר
state-unreadable = לא ניתן לקריאה
state-partial = חלקי
state-not-in-this-kind = אינו בסוג נתונים זה
absent-summed = { $count ->
    [one] חלק אחד אינו בסוג נתונים זה; completeness.json מציין אותו.
    [two] שני חלקים אינם בסוג נתונים זה; completeness.json מציין אותם.
   *[other] { $number } חלקים אינם בסוג נתונים זה; completeness.json מציין אותם.
}
sources = מאין באים המזהים
indicates = מעיד על
creator = נוצר בידי
references = סימוכין
indicators = מזהים
quality = איכות המזהים
quality-repeated = שואלים מה שמזהה אחר שואל
quality-not-usable-here = שואלים על מה ששום נתוני טלפון אינם מראים
quality-too-generic = כלליים מדי; מה שהם מוצאים הוא לכל היותר הערה
quality-expired = פג תוקפם
quality-revoked = נמשכו בידי יוצריהם ולא שימשו
quality-refused = לא היו ניתנים לקריאה ולא שימשו
consent = הסכמה
consent-owner = בעל הטלפון
consent-purpose = מטרה
consent-scope = היקף
consent-retention = שמירה
consent-date = תאריך
consent-extract = תמצית לצורך מזהים עתידיים
extract-agreed = ניתנה הסכמה
extract-not-agreed = לא ניתנה הסכמה
extract-written = ניתנה הסכמה; זהו הקובץ extract.age, מוצפן
custody = שמירת הראיות
custody-kind = סוג הנתונים
custody-files = קבצים
custody-bytes = בתים
custody-hash = SHA-256 של רשימת הקבצים
custody-checked = יום הבדיקה שהתמצית שלה הושוותה
custody-extract = ‏SHA-256 של התמצית
custody-signer = נחתם במפתח של
custody-run = מפתח שנוצר לבדיקה זו בלבד
custody-note = ב־manifest.json יש SHA-256 של כל קובץ שנבדק ושל כל קובץ שנוצר; manifest.json.sig הוא חתימתו.
certainty-exact = מדויק
certainty-day = באותו יום
certainty-zoned = לפי הזמן המקומי
certainty-local = זמן מקומי, אזור לא ידוע
