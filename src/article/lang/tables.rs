//! Codes, names and commonest words of languages.

use std::ops::RangeInclusive;

/// All two-letter codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co \
    cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he \
    hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku \
    kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nd ne ng nl nn no nr nv \
    ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss \
    st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za \
    zh zu";

/// Tag, other codes (ISO 639-2/B, 639-2/T, 639-3, withdrawn ones), English name, other names.
const LANGUAGES: &[(&str, &str, &str, &str)] = &[
    ("af", "afr", "Afrikaans", ""),
    ("ak", "aka", "Akan", ""),
    ("am", "amh", "Amharic", "አማርኛ"),
    ("ar", "ara arb", "Arabic", "العربية"),
    ("az", "aze azj", "Azerbaijani", "azərbaycan"),
    ("be", "bel", "Belarusian", "беларуская"),
    ("bg", "bul", "Bulgarian", "български"),
    ("bn", "ben", "Bengali", "bangla,বাংলা"),
    ("bs", "bos", "Bosnian", "bosanski"),
    ("ca", "cat", "Catalan", "català"),
    ("cs", "cze ces", "Czech", "čeština,česky"),
    ("cy", "wel cym", "Welsh", "cymraeg"),
    ("da", "dan", "Danish", "dansk"),
    ("de", "ger deu", "German", "deutsch"),
    ("el", "gre ell", "Greek", "ελληνικά"),
    ("en", "eng", "English", ""),
    ("eo", "epo", "Esperanto", ""),
    ("es", "spa", "Spanish", "español,espanol,castellano"),
    ("et", "est ekk", "Estonian", "eesti"),
    ("eu", "baq eus", "Basque", "euskara"),
    ("fa", "per fas pes", "Persian", "farsi,فارسی"),
    ("fi", "fin", "Finnish", "suomi"),
    ("fr", "fre fra", "French", "français,francais"),
    ("ga", "gle", "Irish", "gaeilge"),
    ("gl", "glg", "Galician", "galego"),
    ("gu", "guj", "Gujarati", "ગુજરાતી"),
    ("ha", "hau", "Hausa", ""),
    ("he", "heb iw", "Hebrew", "עברית"),
    ("hi", "hin", "Hindi", "हिन्दी,हिंदी"),
    ("hr", "hrv scr", "Croatian", "hrvatski"),
    ("hu", "hun", "Hungarian", "magyar"),
    ("hy", "arm hye", "Armenian", "հայերեն"),
    ("id", "ind in", "Indonesian", "bahasa indonesia"),
    ("ig", "ibo", "Igbo", ""),
    ("is", "ice isl", "Icelandic", "íslenska"),
    ("it", "ita", "Italian", "italiano"),
    ("ja", "jpn", "Japanese", "日本語"),
    ("jv", "jav jw", "Javanese", ""),
    ("ka", "geo kat", "Georgian", "ქართული"),
    ("kk", "kaz", "Kazakh", "қазақ"),
    ("km", "khm", "Khmer", "ខ្មែរ"),
    ("kn", "kan", "Kannada", "ಕನ್ನಡ"),
    ("ko", "kor", "Korean", "한국어"),
    ("ku", "kur", "Kurdish", ""),
    ("la", "lat", "Latin", ""),
    ("lo", "lao", "Lao", "ລາວ"),
    ("lt", "lit", "Lithuanian", "lietuvių"),
    ("lv", "lav lvs", "Latvian", "latviešu"),
    ("mk", "mac mkd", "Macedonian", "македонски"),
    ("ml", "mal", "Malayalam", "മലയാളം"),
    ("mn", "mon khk", "Mongolian", "монгол"),
    ("mr", "mar", "Marathi", "मराठी"),
    ("ms", "may msa zsm", "Malay", "bahasa melayu"),
    ("my", "bur mya", "Burmese", "မြန်မာ"),
    ("ne", "nep npi", "Nepali", "नेपाली"),
    ("nl", "dut nld", "Dutch", "nederlands,flemish,vlaams"),
    ("nn", "nno", "Norwegian Nynorsk", "nynorsk"),
    ("no", "nor nob nb", "Norwegian", "norsk,bokmål,norwegian bokmål"),
    ("or", "ori ory", "Odia", "oriya,ଓଡ଼ିଆ"),
    ("pa", "pan", "Punjabi", "panjabi,ਪੰਜਾਬੀ"),
    ("pl", "pol", "Polish", "polski"),
    ("ps", "pus pbt", "Pashto", "پښتو"),
    ("pt", "por", "Portuguese", "português,portugues"),
    ("ro", "rum ron mo mol", "Romanian", "română,romana,moldovan"),
    ("ru", "rus", "Russian", "русский"),
    ("sd", "snd", "Sindhi", ""),
    ("si", "sin", "Sinhala", "සිංහල"),
    ("sk", "slo slk", "Slovak", "slovenčina"),
    ("sl", "slv", "Slovenian", "slovene,slovenščina"),
    ("sn", "sna", "Shona", ""),
    ("so", "som", "Somali", ""),
    ("sq", "alb sqi als", "Albanian", "shqip"),
    ("sr", "srp scc sh", "Serbian", "српски,srpski"),
    ("sv", "swe", "Swedish", "svenska"),
    ("sw", "swa swh", "Swahili", "kiswahili"),
    ("ta", "tam", "Tamil", "தமிழ்"),
    ("te", "tel", "Telugu", "తెలుగు"),
    ("tg", "tgk", "Tajik", ""),
    ("th", "tha", "Thai", "ไทย"),
    ("tk", "tuk", "Turkmen", ""),
    ("tl", "tgl fil", "Tagalog", "filipino"),
    ("tr", "tur", "Turkish", "türkçe,turkce"),
    ("uk", "ukr", "Ukrainian", "українська"),
    ("ur", "urd", "Urdu", "اردو"),
    ("uz", "uzb uzn", "Uzbek", ""),
    ("vi", "vie", "Vietnamese", "tiếng việt"),
    ("xh", "xho", "Xhosa", ""),
    ("yi", "yid ydd ji", "Yiddish", "ייִדיש"),
    ("yo", "yor", "Yoruba", ""),
    ("zh", "chi zho cmn yue", "Chinese", "mandarin,中文,汉语,漢語"),
    ("zu", "zul", "Zulu", ""),
];

/// Blocks of scripts that one language writes almost all of.
pub(super) const BLOCKS: [(RangeInclusive<char>, &str); 19] = [
    ('\u{370}'..='\u{3FF}', "el"),
    ('\u{1F00}'..='\u{1FFF}', "el"),
    ('\u{531}'..='\u{587}', "hy"),
    ('\u{5D0}'..='\u{5F2}', "he"),
    ('\u{980}'..='\u{9FF}', "bn"),
    ('\u{A00}'..='\u{A7F}', "pa"),
    ('\u{A80}'..='\u{AFF}', "gu"),
    ('\u{B00}'..='\u{B7F}', "or"),
    ('\u{B80}'..='\u{BFF}', "ta"),
    ('\u{C00}'..='\u{C7F}', "te"),
    ('\u{C80}'..='\u{CFF}', "kn"),
    ('\u{D00}'..='\u{D7F}', "ml"),
    ('\u{D80}'..='\u{DFF}', "si"),
    ('\u{E00}'..='\u{E7F}', "th"),
    ('\u{E80}'..='\u{EFF}', "lo"),
    ('\u{1000}'..='\u{109F}', "my"),
    ('\u{10A0}'..='\u{10FF}', "ka"),
    ('\u{1200}'..='\u{137F}', "am"),
    ('\u{AC00}'..='\u{D7A3}', "ko"),
];

/// The commonest words of the languages in Latin script that whatlang knows, the most frequent
/// first; left out are those that neighbours share (`in`, `is`, `was` are Dutch, too), but for the
/// very commonest, and those that English text holds.
pub(super) const COMMON_WORDS: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "the", "to", "and", "of", "a", "that", "said", "for", "it", "on", "by", "with", "from",
            "at", "he", "be", "as", "has", "its", "have", "an", "are", "not", "his", "were",
            "will", "which", "this", "they", "who", "been", "their", "would", "or", "had",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "und", "das", "den", "von", "zu", "mit", "sich", "auf", "für", "ist",
            "im", "dem", "nicht", "ein", "eine", "als", "auch", "es", "an", "werden", "aus", "er",
            "hat", "dass", "sie", "nach", "bei", "einer", "um", "am", "sind", "noch", "wie",
            "einem", "über", "einen", "so", "zum", "haben", "nur", "oder", "aber", "vor", "zur",
        ],
    ),
    (
        "fr",
        &[
            "de", "la", "le", "et", "les", "des", "du", "une", "que", "est", "pour", "qui", "dans",
            "par", "plus", "pas", "au", "sur", "ne", "se", "ce", "il", "sont", "avec", "son",
            "aux", "cette", "ses", "mais", "comme", "ou", "été", "elle", "d", "l",
        ],
    ),
    (
        "es",
        &[
            "de", "la", "que", "el", "en", "y", "los", "del", "las", "por", "con", "para", "una",
            "su", "al", "lo", "como", "más", "pero", "sus", "le", "ha", "fue", "este", "es",
        ],
    ),
    (
        "it",
        &[
            "di", "e", "il", "che", "la", "per", "un", "del", "è", "della", "una", "con", "non",
            "si", "da", "le", "nel", "dei", "alla", "gli", "sono", "anche", "al", "ha", "delle",
            "più", "come", "dal", "lo", "l",
        ],
    ),
    (
        "pt",
        &[
            "de", "que", "e", "do", "da", "em", "um", "para", "com", "não", "uma", "os", "no",
            "se", "na", "por", "mais", "as", "dos", "como", "mas", "ao", "das", "à", "foi", "são",
        ],
    ),
    (
        "nl",
        &[
            "de", "het", "een", "van", "en", "in", "is", "dat", "op", "te", "voor", "met", "zijn",
            "die", "niet", "aan", "er", "om", "ook", "als", "bij", "door", "naar", "heeft", "uit",
            "wordt", "zich",
        ],
    ),
    (
        "id",
        &[
            "yang", "dan", "di", "dengan", "untuk", "dari", "dalam", "ini", "itu", "tidak", "pada",
            "akan", "juga", "telah", "oleh", "ke", "adalah", "tersebut", "kata", "sebagai", "bisa",
            "ada", "saat", "karena", "para", "lebih",
        ],
    ),
    (
        "jv",
        &[
            "ing", "lan", "sing", "kanthi", "saka", "kang", "ora", "iku", "uga", "iki", "marang",
            "dadi", "wis", "karo", "amarga", "kanggo", "bisa", "menyang",
        ],
    ),
    (
        "vi",
        &[
            "và", "của", "là", "các", "có", "được", "cho", "trong", "không", "với", "những", "một",
            "người", "này", "đã", "để", "khi", "từ", "ông", "tại", "về", "ở", "vào",
        ],
    ),
    (
        "tr",
        &[
            "ve", "bir", "bu", "için", "ile", "olarak", "da", "de", "daha", "çok", "olan", "gibi",
            "sonra", "kadar", "ise", "dedi", "en", "ancak", "oldu", "olduğu", "ne", "göre",
        ],
    ),
    (
        "pl",
        &[
            "w", "na", "z", "się", "nie", "że", "jest", "jak", "po", "przez", "dla", "od", "oraz",
            "jego", "ale", "tym", "który", "są", "będzie", "został", "lub", "tego", "też",
        ],
    ),
    (
        "ro",
        &[
            "și", "şi", "în", "de", "la", "cu", "pe", "din", "care", "nu", "este", "pentru", "mai",
            "că", "sau", "sunt", "fost", "prin", "după", "dar", "au", "să",
        ],
    ),
    (
        "hr",
        &[
            "je", "u", "na", "se", "da", "su", "za", "od", "koji", "što", "nije", "ne", "kako",
            "će", "bio", "ali", "iz", "ili", "koja", "kao",
        ],
    ),
    (
        "uz",
        &[
            "va", "bu", "bilan", "uchun", "ham", "deb", "ning", "esa", "edi", "bir", "kerak",
            "lekin", "haqida", "qilish",
        ],
    ),
    (
        "tl",
        &[
            "ang", "ng", "sa", "mga", "na", "ay", "si", "ni", "kay", "hindi", "para", "niya",
            "ito", "siya", "kung",
        ],
    ),
    (
        "hu",
        &[
            "az", "és", "hogy", "nem", "egy", "azt", "meg", "már", "csak", "mint", "de", "ez",
            "volt", "szerint", "után", "még", "vagy", "el",
        ],
    ),
    (
        "az",
        &[
            "və", "bu", "bir", "ilə", "üçün", "də", "da", "olan", "kimi", "edir", "daha", "olub",
            "sonra", "ki", "onun", "deyib",
        ],
    ),
    (
        "cs",
        &[
            "se", "na", "je", "v", "že", "s", "z", "si", "o", "za", "podle", "pro", "jako", "jsou",
            "ale", "který", "také", "bude", "po", "jsem", "nebo",
        ],
    ),
    (
        "zu",
        &[
            "ukuthi", "futhi", "kodwa", "noma", "uma", "uthe", "ngoba", "kusho", "kanye", "lapho",
            "lokhu", "le", "lo", "leli", "lesi", "ukuba", "nje", "yena",
        ],
    ),
    (
        "sv",
        &[
            "och", "att", "det", "som", "en", "är", "på", "av", "den", "inte", "med", "för", "har",
            "de", "till", "om", "ett", "han", "men", "var", "från", "sig", "efter", "enligt",
            "kan", "under",
        ],
    ),
    (
        "ak",
        &[
            "na", "sɛ", "ne", "mu", "wɔ", "ho", "yɛ", "nti", "anaa", "saa", "bi", "ɔno", "de",
            "ɛno", "wɔn",
        ],
    ),
    (
        "sn",
        &[
            "kuti", "uye", "asi", "kana", "iyo", "naye", "vanoti", "ichi", "izvi", "uyu", "iye",
            "pane", "kubva", "kuna", "sezvo", "zvakare", "pa", "mu", "ne",
        ],
    ),
    (
        "af",
        &[
            "die", "van", "en", "het", "nie", "dat", "wat", "hy", "om", "vir", "sy", "met", "aan",
            "ook", "te", "n", "deur", "hulle",
        ],
    ),
    (
        "fi",
        &[
            "ja", "ei", "että", "se", "hän", "oli", "ovat", "myös", "mutta", "kun", "mukaan",
            "kuin", "vuoden", "sekä", "tai", "jo", "joka", "ole", "mitä", "niin",
        ],
    ),
    (
        "sk",
        &[
            "sa", "na", "je", "v", "že", "s", "z", "si", "o", "za", "podľa", "pre", "ako", "sú",
            "ale", "ktorý", "aj", "bude", "po", "som", "alebo",
        ],
    ),
    (
        "tk",
        &[
            "we", "bilen", "bu", "üçin", "hem", "bolan", "ol", "diýip", "onuň", "şu", "ýaly",
            "barada", "boldy", "hemde",
        ],
    ),
    (
        "da",
        &[
            "og", "det", "er", "en", "til", "af", "på", "som", "med", "den", "ikke", "der", "har",
            "de", "et", "ved", "fra", "han", "blev", "kan", "efter", "men", "også", "være",
        ],
    ),
    (
        "no",
        &[
            "og", "det", "er", "en", "til", "av", "på", "som", "med", "den", "ikke", "har", "de",
            "et", "fra", "han", "ble", "kan", "etter", "men", "også", "være",
        ],
    ),
    (
        "ca",
        &[
            "de", "la", "el", "que", "en", "els", "les", "del", "per", "amb", "una", "dels", "als",
            "al", "és", "va", "com", "més", "són", "però", "seva",
        ],
    ),
    (
        "lt",
        &[
            "ir", "kad", "yra", "į", "tai", "su", "iš", "jis", "bet", "apie", "buvo", "už", "dėl",
            "kaip", "nuo", "savo", "po", "arba", "taip",
        ],
    ),
    (
        "sl",
        &[
            "je", "v", "se", "na", "da", "za", "z", "pa", "ki", "ne", "bi", "po", "ni", "pri",
            "kot", "tudi", "ali", "še", "bo", "od",
        ],
    ),
    (
        "eo",
        &[
            "la", "de", "kaj", "en", "estas", "al", "por", "kiu", "ne", "oni", "li", "pri", "kun",
            "el", "ĝi", "sed", "estis", "tio",
        ],
    ),
    (
        "lv",
        &[
            "un", "ir", "ka", "ar", "par", "uz", "tas", "bet", "kas", "arī", "pēc", "kā", "nav",
            "gada", "tika", "vai", "lai",
        ],
    ),
    (
        "et",
        &[
            "ja", "ei", "et", "see", "ka", "oli", "oma", "kui", "ning", "ta", "mis", "aga", "või",
            "kes", "selle", "välja", "pärast",
        ],
    ),
    (
        "la",
        &[
            "et", "est", "non", "ad", "ut", "cum", "sed", "qui", "quod", "ex", "ab", "per", "sunt",
            "esse", "quae", "aut",
        ],
    ),
    (
        "cy",
        &[
            "yn", "y", "ar", "o", "yr", "ei", "wedi", "mae", "fod", "am", "gan", "bod", "ond",
            "roedd", "hefyd", "ac", "cael",
        ],
    ),
];

/// The two-letter tag of a code in lower case.
pub(super) fn code(code: &str) -> Option<&'static str> {
    let usual = || LANGUAGES.iter().find(|(tag, ..)| *tag == code).map(|(tag, ..)| *tag);
    let other = || {
        LANGUAGES
            .iter()
            .find(|(_, others, ..)| others.split(' ').any(|one| one == code))
            .map(|(tag, ..)| *tag)
    };
    match code.len() {
        2 => usual().or_else(other).or_else(|| CODES.split(' ').find(|one| *one == code)),
        3 => other(),
        _ => None,
    }
}

/// The two-letter tag of a language's name in lower case.
pub(super) fn name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return None;
    }
    LANGUAGES
        .iter()
        .find(|(_, _, english, others)| {
            english.to_lowercase() == name || others.split(',').any(|one| one == name)
        })
        .map(|(tag, ..)| *tag)
}

/// The English names of the usual languages.
pub(super) fn english_names() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(_, _, english, _)| *english)
}

/// The English name of a two-letter tag.
pub(super) fn english_name(tag: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(known, ..)| *known == tag).map(|(_, _, english, _)| *english)
}
