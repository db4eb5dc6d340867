# تقرير فحص الهاتف بالعربية.

title = فحص الهاتف
for-owner = لصاحب الهاتف أو صاحبته
for-analyst = ملحق للمحلّل
languages = هذا التقرير بلغات أخرى

verdict-traces-found = عُثر على آثار برنامج تجسّس.
verdict-traces-found-more = يُظهر الهاتف ما يتركه هجوم معروف أو محاولة هجوم. تقول هذه الصفحة ماذا ومتى وبأي درجة من اليقين.
verdict-needs-expert = يجب أن يفحص خبيرٌ هذا الهاتف.
verdict-needs-expert-more = عُثر على شيء قد يكون له سبب عادي، أو تعذّرت قراءة جزء من البيانات. الخبير وحده يستطيع الحكم.
verdict-nothing-found = لم يُعثر على شيء في ما أمكنت قراءته.
verdict-nothing-found-more = لم يكن أيّ من الآثار المعروفة في الأجزاء التي أمكنت قراءتها. قد يترك برنامج تجسّس جديد آثارًا لا يعرفها أحد بعد.
rechecked = لم يُقرأ الهاتف من جديد. قورن ما أظهره في فحص سابق بمؤشّرات اليوم.

what = ما الذي عُثر عليه
when = متى
matters = لماذا يهمّ ذلك
sure = ما درجة اليقين
now = ما العمل الآن
call = بمن يمكن الاتّصال
none = لم يُصادَف أيّ أثر معروف.
more = { $count ->
    [zero] لا مزيد في الملحق.
    [one] توجد نتيجة أخرى في الملحق.
    [two] توجد نتيجتان أخريان في الملحق.
    [few] توجد { $number } نتائج أخرى في الملحق.
    [many] توجد { $number } نتيجة أخرى في الملحق.
   *[other] توجد { $number } نتيجة أخرى في الملحق.
}
not-dated = لا يذكر الهاتف متى.
unread = { $count ->
    [zero] قُرئت كلّ الأجزاء إلى آخرها.
    [one] تعذّرت قراءة جزء واحد من بيانات الهاتف إلى آخره. وهو مذكور في الملحق.
    [two] تعذّرت قراءة جزأين من بيانات الهاتف إلى آخرهما. وهما مذكوران في الملحق.
    [few] تعذّرت قراءة { $number } أجزاء من بيانات الهاتف إلى آخرها. وهي مذكورة في الملحق.
    [many] تعذّرت قراءة { $number } جزءًا من بيانات الهاتف إلى آخرها. وهي مذكورة في الملحق.
   *[other] تعذّرت قراءة { $number } جزء من بيانات الهاتف إلى آخرها. وهي مذكورة في الملحق.
}
limits = لا يستطيع أيّ فحص أن يثبت خلوّ هاتف من برامج التجسّس. هذا الفحص يقارن ما يحتفظ به الهاتف بما يُعرف عن هجمات سابقة.

grade-trace = أثر
grade-trace-means = يتركه هجوم أو محاولة هجوم، ولا يكاد يتركه شيء آخر
grade-suspicion = شبهة
grade-suspicion-means = قد يبدو الهجوم هكذا، وقد يبدو شيء عادي هكذا؛ يجب أن ينظر فيه خبير
grade-note = ملاحظة
grade-note-means = تفيد معرفتها؛ وهي وحدها لا تدلّ على هجوم

now-traces-found-1 = يجب عدم حذف أيّ شيء، وعدم إعادة ضبط الهاتف أو تحديثه أو إعادة تشغيله: فذلك يُتلف الأدلّة.
now-traces-found-2 = ينبغي الحديث في الأمر من هاتف آخر وبعيدًا عن هذا الهاتف، واستعمال جهاز آخر لكلّ ما هو سرّي.
now-traces-found-3 = ينبغي الاتّصال اليوم بإحدى الجهات المذكورة أدناه، والاحتفاظ بهذا التقرير وبالبيانات.
now-needs-expert-1 = يجب عدم حذف أيّ شيء وعدم إعادة ضبط الهاتف قبل أن ينظر فيه خبير.
now-needs-expert-2 = ينبغي عرض هذا التقرير على إحدى الجهات المذكورة أدناه. قد يلزم جمع البيانات مرّة ثانية.
now-nothing-found-1 = ينبغي تثبيت التحديثات فور صدورها، وإعادة تشغيل الهاتف كثيرًا.
now-nothing-found-2 = على من قد يكون مستهدفًا تفعيل نمط المنع (Lockdown Mode على iPhone) أو الحماية المتقدّمة (Advanced Protection على Android).
now-nothing-found-3 = ينبغي الرجوع إلينا عند تلقّي تحذير من Apple أو Google أو WhatsApp، أو رابط غريب.
call-who = من أجروا هذا الفحص؛ فريق الاستجابة للطوارئ المعلوماتية في بلدك؛ وللصحفيين والمحامين والمدافعين عن حقوق الإنسان أيضًا خطّ المساعدة للأمن الرقمي لدى Access Now، على العنوان help@accessnow.org.

reason-in-message = يوجد في رسالة عنوانٌ استعمله مهاجمون. هذه محاولة؛ وهذا وحده لا يبيّن إن كانت قد نجحت.
else-in-message = ربّما أعاد أحدهم إرسال الرابط للتحذير، أو اقتبس من تقرير
reason-by-owner = صاحب الهاتف هو من أرسل الرسالة: أُعيد إرسال العنوان من هنا.
reason-visited = فُتح في متصفّح عنوانٌ استعمله مهاجمون.
else-visited = ربّما فتحه أحدهم بدافع الفضول بعد قراءة تقرير
reason-by-redirect = وُجّه المتصفّح إلى هناك، أو وُجّه من هناك إلى غيره، خلال ثانية. لا أحد يكتب بهذه السرعة: فعلته صفحة أو أحدٌ على الشبكة.
reason-typed = كتب صاحب الهاتف العنوان أو اختاره. الهجمات لا تنتظر ذلك.
reason-site-data = يحتفظ المتصفّح بشيء من عنوان استعمله مهاجمون.
else-site-data = ربّما طلبته صفحة لطرف آخر دون أن يفتحه صاحب الهاتف
reason-connected = طلب الهاتف عنوانًا استعمله مهاجمون، أو اتّصل به.
else-connected = ربّما طلبه تطبيق يفتح الروابط مسبقًا أو تطبيق حماية
reason-vendor-site = هذا هو الموقع العلني لشركة تصنع مثل هذه الأدوات. قراءته لا تصيب أحدًا.
reason-shared-address = هذا رقم من أرقام الشبكة. تنتقل هذه الأرقام من مستعمل إلى آخر.
reason-acquainted = عنوانٌ استعمله مهاجمون موجود بين جهات الاتصال أو المكالمات أو المحادثات.
else-acquainted = يحفظ الناس عناوين من تصلهم منهم رسائل، ولو لحظرهم
reason-attacker-account = صادفت خدمات الهاتف حسابًا استعمله مهاجمون. وهذا لا يحدث لأحد بالمصادفة.
else-attacker-account = ربّما كتب أحدهم إلى هذا الحساب عمدًا للتحقيق فيه
reason-ran = عمل على الهاتف برنامج يحمل اسم برنامج تجسّس معروف.
else-ran = قد يحمل برنامج آخر الاسم نفسه
reason-bundle-beside = بجانب الاسم معرّف تطبيق. يستطيع أيّ أحد تسمية تطبيق هكذا، ونادرًا ما يكون لبرنامج التجسّس معرّف.
reason-cut-name = لا يحتفظ الهاتف إلّا بأوّل 16 حرفًا من الاسم. قد يبدأ بها اسم برنامج آخر.
reason-file-there = يوجد ملفّ أو مجلّد حيث يضعه برنامج تجسّس معروف.
else-file-there = ربّما كتبته أداة تبحث عن برامج التجسّس
reason-name-only = يحمل ملفّ اسم ملفّ لبرنامج تجسّس معروف، لكنّه في مكان آخر.
else-name-only = قد تحمل ملفّات أخرى الاسم نفسه
reason-same-bytes = ملفّ، أو توقيع تطبيق، مطابق بايتًا ببايت لنظيره في برنامج تجسّس معروف.
else-same-bytes = ربّما احتفظ صاحب الهاتف بعيّنة عمدًا
reason-app-there = تطبيق معروف بأنّه برنامج تجسّس موجود على الهاتف أو كان عليه.
else-app-there = ربّما ثبّته علنًا من يدير الهاتف
reason-profile-there = ملفّ تعريف إعدادات استعمله مهاجمون موجود على الهاتف أو كان عليه.
else-profile-there = لا يُعرف سبب عادي لذلك
reason-property-set = في الهاتف إعداد يضعه برنامج تجسّس معروف.
else-property-set = قد يستعمل صانع أو نظام معدّل الاسم نفسه
reason-described = على الهاتف شيء يصفه المؤشّر.
else-described = قد يصف المؤشّر أشياء عادية أيضًا
reason-several = عدّة سجلّات معًا هي ما يصفه المؤشّر.
else-several = قد يكون كلّ منها وحده عاديًا
reason-too-generic = توجد هذه القيمة في كلّ هاتف تقريبًا. المؤشّر أعمّ من أن يقول شيئًا.
reason-expired = كانت مدّة المؤشّر قد انتهت عندما حدث هذا. ربّما انتقل العنوان أو الاسم إلى غير المهاجمين.
reason-low-confidence = صانع المؤشّر نفسه غير متيقّن منه.
reason-two-artefacts = يُظهر جزء آخر من الهاتف أثرًا آخر خلال الساعة نفسها. أثران متّفقان يقولان أكثر من أثر واحد.
reason-sign = لم يُصادَف أيّ مؤشّر. هذا أمر يتركه المهاجمون ويتركه أناس عاديون أيضًا.

findings = النتائج
left = { $count ->
    [zero] لا مزيد في findings.jsonl.
    [one] توجد نتيجة أخرى في findings.jsonl.
    [two] توجد نتيجتان أخريان في findings.jsonl.
    [few] توجد { $number } نتائج أخرى في findings.jsonl.
    [many] توجد { $number } نتيجة أخرى في findings.jsonl.
   *[other] توجد { $number } نتيجة أخرى في findings.jsonl.
}
grade = الدرجة
time = الوقت (UTC)
where = أين
value = القيمة
line = السطر المطابق
indicator = المؤشّر
why = لماذا
else = ما الذي قد يفسّره أيضًا
published = نُشر
source = المصدر
timeline = الخطّ الزمني للنتائج
timeline-means = علامة لكلّ نتيجة مؤرّخة؛ والأخطر في الأعلى. في الملفّ timeline.jsonl كلّ لحظة من كلّ سجلّ.
timeline-none = لا نتيجة مؤرّخة.
completeness = ما قُرئ وما لم يُقرأ
artefact = الجزء
file = الملفّ
state = الحالة
records = السجلّات
reason = لماذا لم يُقرأ
state-present = موجود
state-absent = غير موجود
state-unreadable = تتعذّر قراءته
state-partial = قُرئ جزئيًا
state-not-in-this-kind = ليس في هذا النوع من البيانات
absent-summed = { $count ->
    [zero] كلّ الأجزاء في هذا النوع من البيانات.
    [one] جزء واحد ليس في هذا النوع من البيانات؛ يسمّيه completeness.json.
    [two] جزآن ليسا في هذا النوع من البيانات؛ يسمّيهما completeness.json.
    [few] { $number } أجزاء ليست في هذا النوع من البيانات؛ يسمّيها completeness.json.
    [many] { $number } جزءًا ليست في هذا النوع من البيانات؛ يسمّيها completeness.json.
   *[other] { $number } جزء ليست في هذا النوع من البيانات؛ يسمّيها completeness.json.
}
sources = من أين تأتي المؤشّرات
indicates = يدلّ على
creator = صنعه
references = مراجع
indicators = المؤشّرات
quality = جودة المؤشّرات
quality-repeated = تسأل عمّا يسأل عنه غيرها
quality-not-usable-here = تسأل عمّا لا تُظهره بيانات أيّ هاتف
quality-too-generic = عامّة أكثر من اللازم؛ وما تصادفه ملاحظة على الأكثر
quality-expired = انتهت مدّتها
quality-revoked = سحبها صانعوها ولم تُستعمل
quality-refused = تعذّرت قراءتها ولم تُستعمل
consent = الموافقة
consent-owner = صاحب الهاتف
consent-purpose = الغرض
consent-scope = النطاق
consent-retention = مدّة الحفظ
consent-date = التاريخ
consent-extract = مستخرج من أجل مؤشّرات لاحقة
extract-agreed = تمّت الموافقة عليه
extract-not-agreed = لم تتم الموافقة عليه
extract-written = تمّت الموافقة عليه؛ هو الملفّ extract.age، وهو مشفّر
custody = حفظ الأدلّة
custody-kind = نوع البيانات
custody-files = الملفّات
custody-bytes = البايتات
custody-hash = SHA-256 لقائمة الملفّات
custody-checked = يوم الفحص الذي قورن مستخرجه
custody-extract = بصمة SHA-256 للمستخرج
custody-signer = موقّع بمفتاح
custody-run = مفتاح صُنع لهذا الفحص وحده
custody-note = في manifest.json قيمة SHA-256 لكلّ ملفّ من البيانات ولكلّ ملفّ ناتج؛ والملفّ manifest.json.sig توقيعه.
certainty-exact = دقيق
certainty-day = في ذلك اليوم
certainty-zoned = من الوقت المحلّي
certainty-local = وقت محلّي، المنطقة مجهولة

# أين يوجد الشيء، لمن لا يعرف أسماء الملفّات.
place-messages = في رسالة
place-attachments = بين الصور والملفّات التي وصلت مع رسائل
place-visited = في قائمة الصفحات التي زارها المتصفّح
place-tabs = بين الصفحات التي يبقيها متصفّح مفتوحة
place-site-data = في ما تحتفظ به المتصفّحات والتطبيقات من الصفحات
place-links = في قائمة المواقع التي تفتح تطبيقاتٌ روابطها
place-calls = في قائمة المكالمات
place-contacts = بين جهات الاتّصال
place-exchanges = في قائمة من جرى التواصل معهم
place-accounts = بين الحسابات التي بحثت عنها خدمات الهاتف
place-calendar = في التقويم
place-apps = في قائمة التطبيقات
place-profiles = بين ملفّات تعريف الإعدادات
place-settings = في إعدادات الهاتف
place-permissions = في قائمة ما يُسمح به للتطبيقات
place-programs = في قائمة البرامج التي كانت تعمل
place-usage = في حساب ما استعملته البرامج
place-crashes = في تقرير عن تعطّل برنامج
place-shutdowns = في سجلّ إيقاف التشغيل
place-files = في قائمة الملفّات
place-storage = في قائمة وحدات التخزين
place-network = في قائمة ما اتّصل به الهاتف
place-shortcuts = في أحد الاختصارات
place-logs = في سجلّات الهاتف
place-phone = في ما يقوله الهاتف عن نفسه

# العلامات: ما هي، ولماذا تهمّ، وما الذي يبدو مثلها. نصّها الإنجليزي في sign.rs.
sign-accessibility-on-what = إحدى خدمات تسهيل الاستخدام مفعّلة.
sign-accessibility-on-why = تقرأ هذه الخدمة الشاشة وتضغط الأزرار بدلًا من صاحب الهاتف؛ وتطلبها برامج مراقبة المقرّبين
sign-accessibility-on-harmless = تستعملها أيضًا تطبيقات قراءة الشاشة وحفظ كلمات المرور والتشغيل الآلي ومكافحة الفيروسات
sign-intercepts-messages-what = تطبيق ليس من النظام يُبلَّغ بالرسائل القصيرة أو المكالمات فور ورودها.
sign-intercepts-messages-why = تسجّل برامج التجسّس نفسها لتُبلَّغ بالرسائل الواردة والمكالمات الصادرة
sign-intercepts-messages-harmless = تفعل تطبيقات المراسلة الشيء نفسه لتقرأ الرمز الذي يؤكّد رقم الهاتف
sign-reads-notifications-what = يستطيع تطبيق قراءة كلّ الإشعارات.
sign-reads-notifications-why = يمكن قراءة الرسائل من الإشعارات دون كسر أيّ تشفير
sign-reads-notifications-harmless = تطلب ذلك الساعات الذكية والسيّارات وتطبيقات الشاشة الرئيسية
sign-device-administrator-what = عُيّن تطبيقٌ مديرًا للهاتف.
sign-device-administrator-why = يستطيع المدير قفل الهاتف ومسح ما فيه، ويقاوم إزالته؛ وتطلب ذلك برامج مراقبة المقرّبين
sign-device-administrator-harmless = من المديرين أيضًا أنظمة الإدارة لدى جهة العمل أو المدرسة وتطبيقات البريد وخدمة «العثور على جهازي»
sign-unknown-installer-what = جاء تطبيق من مصدر غير معروف.
sign-unknown-installer-why = تُثبَّت برامج التجسّس يدويًا أو باستغلال ثغرة، لا من متجر تطبيقات
sign-unknown-installer-harmless = تبدو كذلك التطبيقات التي ثبّتتها أداة للمطوّرين أو مدير ملفّات أو نسخة احتياطية مستعادة
sign-sideloaded-what = وصل تطبيق عن طريق متصفّح أو تطبيق مراسلة أو مدير ملفّات.
sign-sideloaded-why = روابط التطبيقات المزيّفة هي الطريق المعتاد لبرامج التجسّس التجارية إلى هواتف Android
sign-sideloaded-harmless = ينزّل الناس تطبيقات من مواقع صانعيها، كتطبيقات المراسلة حيث تُحجب المتاجر
sign-may-install-packages-what = يستطيع تطبيق أن يثبّت تطبيقات أخرى.
sign-may-install-packages-why = يأتي برنامج أوّل ثمّ يجلب برنامج التجسّس نفسه
sign-may-install-packages-harmless = يُسمح بذلك للمتصفّحات وتطبيقات المراسلة وإدارة الملفّات والمتاجر بمجرّد موافقة صاحب الهاتف مرّة واحدة
sign-shell-acts-what = استعمل سطر أوامر الهاتف إذنًا.
sign-shell-acts-why = تصرّف أحدهم في الهاتف عبر سلك أو عبر تصحيح الأخطاء اللاسلكي
sign-shell-acts-harmless = جمع البيانات نفسه يمرّ من هناك، وكذلك أدوات المطوّرين
sign-adb-key-trusted-what = حاسوب مخوَّل بتصحيح أخطاء الهاتف.
sign-adb-key-trusted-why = يستطيع حاسوب كهذا تثبيت تطبيقات ونسخ بيانات كلّما كان الهاتف غير مقفل بقربه
sign-adb-key-trusted-harmless = الحاسوب الذي جمع هذه البيانات واحد من تلك الحواسيب
sign-downgraded-what = حلّت نسخة أقدم من تطبيق محلّ نسخة أحدث.
sign-downgraded-why = يعيد المهاجمون نسخة فيها ثغرة معروفة
sign-downgraded-harmless = إزالة التحديثات أو استعادة نسخة احتياطية أو برامج الاختبار تفعل الشيء نفسه
sign-root-package-what = تطبيق يمنح كامل الصلاحيات على الهاتف.
sign-root-package-why = حماية التطبيقات بعضها من بعض معطّلة؛ ويستطيع برنامج تجسّس أن يستفيد من ذلك وتصعب رؤيته
sign-root-package-harmless = يمنح أصحاب الهواتف أنفسهم هذه الصلاحيات لتعديل هواتفهم أو لإزالة ما ثبّته الصانع
sign-root-binary-what = برنامج يمنح كامل الصلاحيات على الهاتف.
sign-root-binary-why = لا يُباع أيّ هاتف وفيه برنامج يمنح كامل الصلاحيات؛ وهناك هجمات تتركه وراءها
sign-root-binary-harmless = يمنح أصحاب الهواتف أنفسهم هذه الصلاحيات، وتُباع بعض الهواتف الرخيصة بنسخ تجريبية من النظام
sign-system-writable-what = يمكن تعديل جزء من النظام ينبغي ألّا يُعدَّل.
sign-system-writable-why = من يستطيع الكتابة فيه يبقى بعد إعادة ضبط الهاتف
sign-system-writable-harmless = تُضبط هكذا عمدًا النسخ المخصّصة للمطوّرين والهواتف التي منح أصحابها أنفسهم كامل الصلاحيات عليها
sign-system-overlaid-what = شيء موضوع فوق جزء من النظام.
sign-system-overlaid-why = يمكن استبدال ملفّات النظام دون الكتابة فيه
sign-system-overlaid-harmless = تفعل ذلك الأدوات التي تمنح كامل الصلاحيات، ويضع بعض الصانعين ملفّاتهم الإقليمية فوق النظام
sign-unlocked-build-what = نظام الهاتف نسخة تجريبية، أو لا يُتحقَّق من بدء تشغيله.
sign-unlocked-build-why = لم يعد الهاتف يتحقّق عند بدء تشغيله من أنّ نظامه نظام الصانع
sign-unlocked-build-harmless = من يثبّتون نظامًا آخر يفتحون هواتفهم لذلك
sign-in-local-tmp-what = يوجد ملفّ حيث لا تكتب إلّا أدوات المطوّرين أو هجوم.
sign-in-local-tmp-why = تضع الهجمات ملفّاتها هناك، لأنّ الكتابة فيه لا تحتاج إلى صلاحيات ويمكن التشغيل منه
sign-in-local-tmp-harmless = تنسخ إليه أدوات المطوّرين وأدوات عرض الشاشة برامجها المساعدة
sign-protection-disabled-what = عُطّل جزء من الهاتف يحدّثه أو يحميه.
sign-protection-disabled-why = توقف برامج التجسّس التحديثات والفحص لكي تبقى
sign-protection-disabled-harmless = يعطّل الناس ما ثبّته الصانع لتوفير المساحة أو لتجنّب إزعاج التحديثات
sign-setting-weakens-what = إعداد يُضعف حماية الهاتف.
sign-setting-weakens-why = من يثبّت برنامج تجسّس يدويًا يوقف أوّلًا ما يعترضه من فحوص
sign-setting-weakens-harmless = يضع الإعداد نفسه المطوّرون ومن يثبّتون تطبيقات من خارج المتاجر
sign-traffic-redirected-what = تمرّ كلّ اتّصالات الهاتف عبر حاسوب آخر.
sign-traffic-redirected-why = من يدير ذلك الحاسوب يرى بماذا يتّصل الهاتف، ويستطيع تغيير ما ليس مشفّرًا
sign-traffic-redirected-harmless = يستعمل الناس مثل هذه الخدمات لخصوصيّتهم، وتشترطها جهات العمل
sign-old-patch-what = آخر تحديث أمني أقدم من هذه البيانات بأكثر من نصف سنة.
sign-old-patch-why = ثغرات معروفة ما زالت مفتوحة
sign-old-patch-harmless = يتوقّف الصانعون عن إصدار التحديثات بعد بضع سنوات
sign-privileged-crash-what = تعطّل برنامج له صلاحيات خاصّة.
sign-privileged-crash-why = الهجمات التي تفشل تعطّل البرامج التي تستهدفها
sign-privileged-crash-harmless = تتعطّل برامج تشغيل الأجهزة المعيبة من تلقاء نفسها، وكثيرًا ما يحدث ذلك
sign-authority-installed-what = ثُبّتت سلطة لإصدار الشهادات.
sign-authority-installed-why = يستطيع صاحبها قراءة الاتّصالات المشفّرة التي تمرّ بحاسوب له
sign-authority-installed-harmless = تثبّت مثلها جهات العمل والمدارس والشبكات اللاسلكية في الجامعات وبعض حاجبات الإعلانات
sign-certificate-refused-what = لم تُقبل إحدى الشهادات.
sign-certificate-refused-why = ربّما حاول أحدهم بين الهاتف والخادم أن يقرأ ما يمرّ بينهما
sign-certificate-refused-harmless = تسبّب الشيء نفسه صفحات الدخول في الفنادق والساعات الخاطئة والخوادم المهملة
sign-key-broken-what = وُجد مفتاح متغيّر في مخزن مفاتيح الهاتف.
sign-key-broken-why = عُبث بالمخزن الذي يحفظ مفاتيح الهاتف
sign-key-broken-harmless = يسبّب نظام ملفّات تالف الشيء نفسه
sign-threat-notification-what = رسالة تحذّر باسم Apple من برامج تجسّس مرتزقة.
sign-threat-notification-why = تحذّر Apple من تعتقد أنّ برامج تجسّس تابعة لدول استهدفتهم، ونادرًا ما تخطئ
sign-threat-notification-harmless = يقلّد محتالون مثل هذه التحذيرات، ويعيد الناس إرسالها أو يكتبون عنها
sign-rows-missing-what = هناك سجلّات ناقصة حيث تتتابع الأرقام.
sign-rows-missing-why = من يخفي هجومًا يحذف سجلّات
sign-rows-missing-harmless = يحذف صاحب الهاتف والهاتف نفسه سجلّات قديمة باستمرار
sign-usage-without-process-what = استعمل برنامج الشبكة، وقد اختفى تسجيله.
sign-usage-without-process-why = أزالت برامج تجسّس معروفة برامجها من قائمة ونسيت ما استعملته في قائمة أخرى
sign-usage-without-process-harmless = قد يسبّب الشيء نفسه خلل في الهاتف لحظة أخذ النسخة الاحتياطية
sign-program-gone-what = استعمل برنامج الشبكة، وليس في الهاتف ملفّ باسمه.
sign-program-gone-why = يمحو برنامج التجسّس ملفّه ويترك ما سجّله الهاتف عنه
sign-program-gone-harmless = تُزال تطبيقات، وتغيّر تحديثاتٌ أسماء برامج، وأجزاء كثيرة من iOS في ملفّ كبير واحد
sign-scratch-attachment-what = ملفّ وصل مع رسالة كان حيث لا تضع الملفّات إلّا البرامج.
sign-scratch-attachment-why = أرسلت هجماتٌ ملفّاتٍ عبر الجزء الذي يحوّل الصور في الهاتف، وكانت تحمل اسم مجلّده
sign-scratch-attachment-harmless = يحوّل الهاتف نفسه هناك بعض أنواع الصور
sign-redirected-at-once-what = قادت صفحة غير مشفّرة إلى صفحة لطرف آخر خلال ثانية.
sign-redirected-at-once-why = من يتحكّم في الشبكة يجيب بدلًا من الموقع ويرسل المتصفّح إلى خادم له
sign-redirected-at-once-harmless = تفعل الروابط المختصرة والإعلانات والمواقع التي انتقلت الشيء نفسه
sign-noted-later-what = سُجّل شيء بعد وقوعه بوقت طويل.
sign-noted-later-why = ما يُكتب متأخّرًا قد يُكتب للتضليل
sign-noted-later-harmless = تسجّل الهواتف التواصل من جديد عند استعادتها أو عند جلب رسائل قديمة
sign-trick-invitation-what = دعوة إلى موعد فيها كلمات هجوم معروف.
sign-trick-invitation-why = جاء برنامج تجسّس مع دعوات بهذه الكلمات قبلتها الهواتف دون أن تسأل
sign-trick-invitation-harmless = ربّما دعا أحدهم إلى اجتماع بهذه الكلمات نفسها
sign-wipe-failed-what = تعذّر مسح الهاتف.
sign-wipe-failed-why = قاوم شيءٌ رغبة صاحب الهاتف أو أحد مديريه في مسح الهاتف
sign-wipe-failed-harmless = يسبّب الشيء نفسه امتلاء التخزين أو عطل فيه
sign-staging-program-what = عمل برنامج من مكان ليس للبرامج.
sign-staging-program-why = شوهدت برامج تجسّس تعمل من مجلّدات لتمرير البيانات تستطيع الهجمات الكتابة فيها
sign-staging-program-harmless = تعمل من هناك أيضًا أدوات المطوّرين وأدوات كسر القيود (jailbreak) التي ثبّتها صاحب الهاتف
sign-shutdown-delayed-what = أخّرت برامجُ إيقاف التشغيل ثلاث مرّات أو أكثر.
sign-shutdown-delayed-why = برنامج التجسّس الذي لا يتوقّف حين يُطلب منه ذلك يؤخّر كلّ إيقاف للتشغيل
sign-shutdown-delayed-harmless = تؤخّره أيضًا كثرة عمل الهاتف والتحديثات وامتلاء التخزين
sign-shutdown-log-empty-what = سجلّ إيقاف التشغيل فارغ.
sign-shutdown-log-empty-why = شوهدت برامج تجسّس تمحو آثارها، وهذا السجلّ واحد منها
sign-shutdown-log-empty-harmless = يبدأ iOS 26 السجلّ من جديد عند كلّ تشغيل، والهاتف الذي لم يُوقَف قطّ لا سجلّ له
sign-not-from-store-what = تطبيق لم يأتِ من App Store ولا من إدارة الهاتف.
sign-not-from-store-why = لا تفحص Apple التطبيقات الآتية من خارجه؛ وقد ثُبّتت برامج تجسّس بشهادات شركات ومطوّرين
sign-not-from-store-harmless = تبدو كذلك النسخ التجريبية وتطبيقات جهة العمل والمتاجر الأخرى في الاتّحاد الأوروبي وتطبيقات المطوّرين أنفسهم
sign-managed-what = جهة أخرى تدير الهاتف.
sign-managed-why = من يدير الهاتف يستطيع تثبيت تطبيقات وإعدادات، ورؤية ما هو مثبّت، وقفل الهاتف أو مسحه
sign-managed-harmless = تدير جهات العمل والمدارس الهواتف التي توزّعها
sign-proxy-set-what = ملفّ تعريف يمرّر الاتّصالات عبر خادم وسيط.
sign-proxy-set-why = من يدير الخادم الوسيط يرى بماذا يتّصل الهاتف، وإن كانت له سلطة لإصدار الشهادات رأى أيضًا ما يرسله
sign-proxy-set-harmless = تضع مثله جهات العمل والمدارس ومرشّحات المحتوى للأطفال وللإعلانات
sign-notifications-silenced-what = ملفّ تعريف يغيّر طريقة عرض الإشعارات.
sign-notifications-silenced-why = يُمنع صاحب الهاتف من رؤية ما كان الهاتف سيخبره به
sign-notifications-silenced-harmless = تضبط جهات العمل طريقة عرض إشعارات تطبيقاتها
sign-malformed-identity-what = جرى البحث عن حساب في اسمه رموز لا توجد في أيّ اسم.
sign-malformed-identity-why = وُجدت مثل هذه الأسماء على هواتف هوجمت عبر خدمة الرسائل
sign-malformed-identity-harmless = يُظهر ملفّ تالف الشيء نفسه
sign-message-parser-crash-what = تعطّل برنامج يقرأ الرسائل الواردة.
sign-message-parser-crash-why = تمرّ الهجمات التي لا تحتاج إلى نقرة عبر هذه البرامج، وما يفشل منها يعطّلها
sign-message-parser-crash-harmless = تعطّلها أيضًا صور معيبة، وتتعطّل البرامج من تلقاء نفسها
