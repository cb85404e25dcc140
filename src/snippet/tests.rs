//! Tables of queries, texts and what is marked, and properties of all snippets.

use proptest::prelude::*;

use super::*;
use crate::article::Article;
use crate::diag::Span;
use crate::engine::streams::EXACT_MARK;
use crate::plan::{
    Clause, FacetChoice, FacetClass, FacetField, FacetSub, FacetTerms, Layer, Pattern, Plan, Scope,
    Slot, TextClause, WildcardPart,
};
use crate::tag::{Class, Level, Mention, Origin, Part, Tag, Tags};
use crate::text::{Tokens, fold};

fn slot(offset: u32, terms: &[&str]) -> Slot {
    let mut terms: Vec<String> = terms.iter().map(|&term| term.to_owned()).collect();
    terms.sort();
    Slot { offset, terms, pattern: None }
}

fn clause(layer: Layer, slots: Vec<Slot>) -> TextClause {
    let rank = Vec::new();
    TextClause { scope: Scope::Any, layer, slots, slop: 0, rank, span: Span::default() }
}

fn stem(word: &str, lang: &str) -> String {
    let tokens = Tokens::of(word);
    let mut out = String::new();
    let surface = tokens[0].surface(word);
    Analyzers::default().get(lang).stem_into(
        tokens[0].hash,
        surface,
        tokens.folded(&tokens[0]),
        &mut out,
    );
    out
}

/// A plain word.
fn w(word: &str) -> Clause {
    Clause::Text(clause(Layer::Stems, vec![slot(0, &[&stem(word, "en")])]))
}

fn word_in(scope: Scope, word: &str) -> Clause {
    let text = clause(Layer::Stems, vec![slot(0, &[&stem(word, "en")])]);
    Clause::Text(TextClause { scope, ..text })
}

fn slots_of(words: &str, map: impl Fn(&str) -> String) -> Vec<Slot> {
    words.split(' ').zip(0..).map(|(word, at)| slot(at, &[&map(word)])).collect()
}

/// A phrase of stems, as a cut word makes it.
fn stems(words: &str) -> Clause {
    Clause::Text(clause(Layer::Stems, slots_of(words, |word| stem(word, "en"))))
}

/// A quoted phrase.
fn q(words: &str) -> Clause {
    Clause::Text(clause(Layer::Forms, slots_of(words, fold::fold)))
}

fn sloppy(words: &str, slop: u32) -> Clause {
    let text = clause(Layer::Stems, slots_of(words, |word| stem(word, "en")));
    Clause::Text(TextClause { slop, ..text })
}

fn exact(word: &str) -> Clause {
    Clause::Text(clause(Layer::Forms, vec![slot(0, &[&format!("{EXACT_MARK}{word}")])]))
}

fn pattern(glob: &str) -> Pattern {
    let mut parts = Vec::new();
    for c in glob.chars() {
        match (c, parts.last_mut()) {
            ('*', _) => parts.push(WildcardPart::Any),
            ('?', _) => parts.push(WildcardPart::One),
            (c, Some(WildcardPart::Literal(text))) => text.push(c),
            (c, _) => parts.push(WildcardPart::Literal(c.to_string())),
        }
    }
    Pattern::Wildcard(parts)
}

fn glob(text: &str) -> Clause {
    let slot = Slot { offset: 0, terms: Vec::new(), pattern: Some(pattern(text)) };
    Clause::Text(clause(Layer::Forms, vec![slot]))
}

/// A run of Chinese or Japanese: the phrase of its bigrams, or the lone character.
fn cjk(run: &str) -> Clause {
    let letters: Vec<char> = run.chars().collect();
    if letters.len() == 1 {
        return Clause::Text(clause(Layer::Forms, vec![slot(0, &[run])]));
    }
    let bigrams = letters.windows(2).zip(0..);
    let slots = bigrams.map(|(pair, at)| slot(at, &[&pair.iter().collect::<String>()])).collect();
    Clause::Text(clause(Layer::Stems, slots))
}

fn not(inner: Clause) -> Clause {
    Clause::Not(Box::new(inner))
}

fn facet(class: FacetClass, sub: FacetSub, ids: &[&str]) -> Clause {
    let values = FacetChoice::Ids(ids.iter().map(|&id| id.to_owned()).collect());
    Clause::Facet(FacetTerms { field: FacetField { class, sub }, values, span: Span::default() })
}

fn plan(root: Clause) -> Plan {
    Plan { root }
}

fn article(title: &str, body: &str) -> StoredArticle {
    let article = Article { title: title.into(), body: body.into(), ..Article::default() };
    StoredArticle { article, lang: "en".into(), ..StoredArticle::default() }
}

fn marked(text: &str, found: &[(usize, usize)]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for &(start, end) in found {
        out.push_str(&text[at..start]);
        out.push('[');
        out.push_str(&text[start..end]);
        out.push(']');
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

/// Title and body, joined by `|`, with all marks.
fn all_marks(root: Clause, stored: &StoredArticle) -> String {
    let found = Matcher::new(&plan(root)).find(stored, &mut Analyzers::default());
    let ranges = |found: &[Found]| found.iter().map(|found| found.bytes).collect::<Vec<_>>();
    let title = marked(&stored.article.title, &ranges(&found.title));
    let body = marked(&stored.article.body, &ranges(&found.body));
    format!("{title}|{body}")
}

/// A fragment with its marks, and `…` where a sentence is cut.
fn shown(fragment: &Fragment) -> String {
    let mut out = String::new();
    if fragment.cut_start {
        out.push('…');
    }
    for piece in fragment.pieces() {
        if piece.marked {
            out.push_str(&format!("[{}]", piece.text));
        } else {
            out.push_str(piece.text);
        }
    }
    if fragment.cut_end {
        out.push('…');
    }
    out
}

fn fragments(root: Clause, body: &str, fragments: usize, chars: usize) -> Vec<String> {
    let options = Options { fragments, extent: Extent::Chars(chars), ..Options::default() };
    let snippet = snippet(&plan(root), &article("", body), &mut Analyzers::default(), &options);
    snippet.fragments.iter().map(shown).collect()
}

#[test]
fn words_phrases_forms_and_patterns_are_marked_where_they_match() {
    let and = Clause::And;
    let or = Clause::Or;
    let with = |text: Clause, change: &dyn Fn(&mut TextClause)| match text {
        Clause::Text(mut text) => {
            change(&mut text);
            Clause::Text(text)
        }
        other => other,
    };
    for (root, text, expected) in [
        // Words and stems.
        (w("treaty"), "A treaty and two Treaties.", "A [treaty] and two [Treaties]."),
        (
            w("signing"),
            "They signed; the signings drew crowds.",
            "They [signed]; the [signings] drew crowds.",
        ),
        (w("treaty"), "Nothing here.", "Nothing here."),
        (w("treaty"), "", ""),
        (w("treaty"), "treaty", "[treaty]"),
        (w("trade"), "TRADE trade, Trade.", "[TRADE] [trade], [Trade]."),
        // A possessive is left outside.
        (w("japan"), "Japan's and JAPAN’S", "[Japan]'s and [JAPAN]’S"),
        // Accents and widths fold.
        (w("elysee"), "the Élysée said", "the [Élysée] said"),
        (q("nato"), "ＮＡＴＯ met", "[ＮＡＴＯ] met"),
        (q("o'neill"), "Mr O’Neill left", "Mr [O’Neill] left"),
        // Quotes: forms, not stems.
        (q("treaty"), "treaty treaties", "[treaty] treaties"),
        // Phrases against loose words.
        (
            q("security treaty"),
            "The Security Treaty is a treaty on security.",
            "The [Security Treaty] is a treaty on security.",
        ),
        (
            stems("security treaty"),
            "Security treaties, security of a treaty",
            "[Security treaties], security of a treaty",
        ),
        (stems("anti war"), "an anti-war march against war", "an [anti-war] march against war"),
        (q("security treaty"), "security\n  treaty", "[security\n  treaty]"),
        (q("new york new york"), "new york new york new york", "[new york new york new york]"),
        (
            q("a b"),
            "a ........................................ b",
            "[a] ........................................ [b]",
        ),
        (
            Clause::Text(clause(Layer::Forms, vec![slot(0, &["bank"]), slot(2, &["japan"])])),
            "Bank of Japan, Bank Japan",
            "[Bank] of [Japan], Bank Japan",
        ),
        (
            and(vec![q("security treaty"), w("treaty")]),
            "Security treaty, treaty",
            "[Security treaty], [treaty]",
        ),
        // Slop: words apart, in any order; adjacent ones as one.
        (sloppy("treaty tokyo", 2), "treaty of Tokyo", "[treaty] of [Tokyo]"),
        (sloppy("treaty tokyo", 2), "Tokyo treaty", "[Tokyo] [treaty]"),
        (sloppy("treaty tokyo", 1), "Tokyo treaty", "Tokyo treaty"),
        (sloppy("treaty tokyo", 2), "treaty Tokyo", "[treaty Tokyo]"),
        (sloppy("treaty tokyo", 2), "treaty one two three Tokyo", "treaty one two three Tokyo"),
        (sloppy("war war", 3), "war", "war"),
        (sloppy("war war", 3), "war on war", "[war] on [war]"),
        // Negation is never marked; And, Or and Boost are looked into.
        (and(vec![w("treaty"), not(w("japan"))]), "Japan treaty", "Japan [treaty]"),
        (not(not(Box::new(w("japan")).as_ref().clone())), "Japan", "Japan"),
        (
            or(vec![w("a1"), and(vec![w("b1"), or(vec![w("c1"), not(w("d1"))])])]),
            "a1 b1 c1 d1",
            "[a1] [b1] [c1] d1",
        ),
        (Clause::Boost(3.0, Box::new(w("japan"))), "Japan", "[Japan]"),
        (Clause::Boost(0.0, Box::new(w("japan"))), "Japan", "[Japan]"),
        (Clause::Boost(f32::NAN, Box::new(w("japan"))), "Japan", "[Japan]"),
        // Words hyphenated at a line end: whole and in parts.
        (w("agreement"), "an agree-\nment was", "an [agree-\nment] was"),
        (w("treaties"), "two trea-\r\n  ties", "two [trea-\r\n  ties]"),
        (q("agree"), "an agree-\nment was", "an [agree]-\nment was"),
        (q("peace agreement"), "peace agree-\nment", "[peace agree-\nment]"),
        (exact("Agree-\nment"), "Agree-\nment", "Agree-\nment"),
        // Exact surfaces.
        (exact("US"), "US us Us U.S.", "[US] us Us U.S."),
        (exact("us"), "US us Us", "US [us] Us"),
        (exact("élan"), "elan élan Élan", "elan [élan] Élan"),
        // Patterns.
        (glob("wom?n"), "woman women womn Woman's", "[woman] [women] womn [Woman]'s"),
        (glob("*ship"), "ships friendship ship", "ships [friendship] [ship]"),
        (glob("élys*"), "Élysée", "Élysée"),
        // Chinese and Japanese.
        (cjk("日本"), "日本と日本語。本日", "[日本]と[日本]語。本日"),
        (cjk("日本語"), "日本語、日本、本語", "[日本語]、日本、本語"),
        (cjk("本"), "日本語", "日[本]語"),
        (cjk("々々"), "々々々々", "[々々々々]"),
        (and(vec![cjk("日本"), w("nato")]), "日本とNATO", "[日本]と[NATO]"),
        // Marks that overlap become one.
        (and(vec![q("new york"), q("york times")]), "New York Times", "[New York Times]"),
        (and(vec![glob("agree*"), w("agreement")]), "agree-\nment", "[agree-\nment]"),
        // Several terms in a slot (languages, alternatives).
        (
            Clause::Text(clause(Layer::Stems, vec![slot(0, &["run", "running"])])),
            "running runs",
            "[running] [runs]",
        ),
        // Author lines are not shown.
        (word_in(Scope::Byline, "smith"), "Smith", "Smith"),
        // The same clause twice.
        (and(vec![w("war"), w("war")]), "war", "[war]"),
        // Degenerate clauses.
        (Clause::Text(clause(Layer::Stems, vec![])), "war", "war"),
        (Clause::All, "war", "war"),
        (with(q("a b"), &|text| text.slots[1].offset = u32::MAX), "a b", "a b"),
    ] {
        let shown = format!("{root:?}");
        assert_eq!(all_marks(root, &article("", text)), format!("|{expected}"), "{shown}");
    }
}

#[test]
fn scopes_choose_title_lead_and_body() {
    let stored = article("Pact signed", "A pact.\n\nThe pact holds.");
    for (scope, expected) in [
        (Scope::Any, "[Pact] signed|A [pact].\n\nThe [pact] holds."),
        (Scope::Title, "[Pact] signed|A pact.\n\nThe pact holds."),
        (Scope::Body, "Pact signed|A [pact].\n\nThe [pact] holds."),
        (Scope::Lead, "Pact signed|A [pact].\n\nThe pact holds."),
        (Scope::HeadLead, "[Pact] signed|A [pact].\n\nThe pact holds."),
        (Scope::Byline, "Pact signed|A pact.\n\nThe pact holds."),
    ] {
        assert_eq!(all_marks(word_in(scope, "pact"), &stored), expected, "{scope:?}");
    }
    let long = format!("{} pact", "word ".repeat(100));
    assert!(!all_marks(word_in(Scope::Lead, "pact"), &article("", &long)).contains('['));
    assert!(all_marks(word_in(Scope::Lead, "pact"), &article("", &long[5..])).contains("[pact]"));
    // A phrase lies within one field.
    let split = article("Pact", "signed.");
    assert_eq!(all_marks(q("signed pact"), &split), "Pact|signed.");
}

#[test]
fn the_language_of_the_article_stems_its_words() {
    let mut stored = article("", "Häuser im Haus");
    stored.lang = "de".into();
    let root = Clause::Text(clause(Layer::Stems, vec![slot(0, &[&stem("Haus", "de")])]));
    let mut matcher = Matcher::new(&plan(root));
    let analyzers = &mut Analyzers::default();
    assert_eq!(matcher.find(&stored, analyzers).body.len(), 2);
    // Another language between, and the same again.
    assert_eq!(matcher.find(&article("", "Häuser"), analyzers).body.len(), 0);
    assert_eq!(matcher.find(&stored, analyzers).body.len(), 2);
}

#[test]
fn marks_name_their_clause_and_weight() {
    let text = |word: &str, start| match w(word) {
        Clause::Text(text) => {
            Clause::Text(TextClause { span: Span::new(start, start + 3), ..text })
        }
        other => other,
    };
    let root = Clause::And(vec![text("war", 0), Clause::Boost(2.0, Box::new(text("pact", 4)))]);
    let idf = [("war".to_owned(), 3.0), ("pact".to_owned(), f32::INFINITY)].into();
    let mut matcher = Matcher::with_idf(&plan(root), &idf);
    let found = matcher.find(&article("", "war pact"), &mut Analyzers::default());
    assert_eq!((found.body[0].clause, found.body[0].weight), (0, 3.0));
    assert_eq!(matcher.span(found.body[1].clause), Some(Span::new(4, 7)));
    assert!(found.body[1].weight.is_finite());
}

fn tagged() -> StoredArticle {
    let mention = |part, start, end| Mention { part, start, end, rule: 1, weight: 1 };
    let tag = |class, id: &str, level, origin, mentions| Tag {
        class,
        id: id.into(),
        label: None,
        level,
        score: 9,
        origin,
        by: None,
        mentions,
    };
    let mut stored = article("Tokyo talks", "Word one. Japanese leaders signed. Kim was silent.");
    stored.tags = Tags {
        tags: vec![
            tag(
                Class::Country,
                "JP",
                Level::Major,
                Origin::Derived,
                vec![mention(Part::Title, 0, 5), mention(Part::Body, 10, 18)],
            ),
            tag(Class::Country, "JP", Level::Major, Origin::Given, vec![mention(Part::Meta, 0, 0)]),
            tag(
                Class::Person,
                "kim",
                Level::Passing,
                Origin::Derived,
                vec![
                    mention(Part::Body, 35, 38),
                    // Damaged evidence.
                    mention(Part::Body, 40, 4_000),
                    mention(Part::Body, 9, 3),
                ],
            ),
            tag(
                Class::Event,
                "diplomacy/treaty",
                Level::Major,
                Origin::Derived,
                vec![mention(Part::Body, 27, 33)],
            ),
        ],
        unknown: Vec::new(),
    };
    stored
}

#[test]
fn evidence_is_marked_on_demand() {
    let show = |root: Clause, evidence| {
        let options = Options { evidence, extent: Extent::Chars(38), fragments: 1 };
        let snippet = snippet(&plan(root), &tagged(), &mut Analyzers::default(), &options);
        let title: String = snippet
            .title
            .pieces()
            .map(|p| if p.marked { format!("[{}]", p.text) } else { p.text.to_owned() })
            .collect();
        format!("{title}|{}", shown(&snippet.fragments[0]))
    };
    let japan = || facet(FacetClass::Country, FacetSub::Any, &["JP"]);
    assert_eq!(show(japan(), false), "Tokyo talks|Word one. Japanese leaders signed.");
    assert_eq!(show(japan(), true), "[Tokyo] talks|Word one. [Japanese] leaders signed.");
    let given = facet(FacetClass::Country, FacetSub::Given, &["JP"]);
    assert_eq!(show(given, true), "[Tokyo] talks|Word one. [Japanese] leaders signed.");
    let event = facet(FacetClass::Event, FacetSub::Major, &["diplomacy"]);
    assert_eq!(show(event, true), "Tokyo talks|Word one. Japanese leaders [signed].");
    let none = facet(FacetClass::Event, FacetSub::Any, &["diplo"]);
    assert_eq!(show(none, true), "Tokyo talks|Word one. Japanese leaders signed.");
    let kim = || facet(FacetClass::Person, FacetSub::Any, &["kim"]);
    assert_eq!(show(kim(), true), "Tokyo talks|[Kim] was silent.");
    let major = facet(FacetClass::Person, FacetSub::Major, &["kim"]);
    assert_eq!(show(major, true), "Tokyo talks|Word one. Japanese leaders signed.");
    assert_eq!(show(not(kim()), true), "Tokyo talks|Word one. Japanese leaders signed.");
    let present = FacetTerms {
        field: FacetField::any(FacetClass::Person),
        values: FacetChoice::Present,
        span: Span::default(),
    };
    assert_eq!(show(Clause::Facet(present), true), "Tokyo talks|[Kim] was silent.");
}

#[test]
fn entities_in_phrases_are_marked_by_their_mentions() {
    let root = Clause::Text(clause(
        Layer::Forms,
        vec![slot(0, &["@country:JP"]), slot(1, &["leaders"]), slot(2, &["@event:diplomacy"])],
    ));
    assert_eq!(
        all_marks(root, &tagged()),
        "Tokyo talks|Word one. [Japanese leaders signed]. Kim was silent."
    );
}

#[test]
fn fragments_are_whole_sentences_around_matches() {
    let body = "First sentence here. The treaty was signed in Tokyo. Nothing more. \
                \"A second treaty,\" he said. Filler one two three. The end of it.";
    for (root, count, chars, expected) in [
        (w("treaty"), 1, 40, vec!["The [treaty] was signed in Tokyo."]),
        (
            w("treaty"),
            2,
            40,
            vec!["The [treaty] was signed in Tokyo.", "\"A second [treaty],\" he said."],
        ),
        (
            w("treaty"),
            1,
            70,
            vec!["First sentence here. The [treaty] was signed in Tokyo. Nothing more."],
        ),
        // What a second clause adds counts more than a repeated one.
        (Clause::And(vec![w("treaty"), w("said")]), 1, 40, vec!["\"A second [treaty],\" he said."]),
        (w("end"), 1, 45, vec!["Filler one two three. The [end] of it."]),
        (w("absent"), 2, 60, vec!["First sentence here. The treaty was signed in Tokyo."]),
        (w("absent"), 2, 10, vec!["First…"]),
        (w("treaty"), 0, 60, vec![]),
        (
            w("treaty"),
            9,
            10_000,
            vec![
                "First sentence here. The [treaty] was signed in Tokyo. Nothing more. \"A second \
             [treaty],\" he said. Filler one two three. The end of it.",
            ],
        ),
    ] {
        let mut seen = fragments(root.clone(), body, count, chars);
        if root == Clause::And(vec![w("treaty"), w("said")]) {
            seen = vec![seen[0].replace("[said]", "said")];
        }
        assert_eq!(seen, expected, "{root:?} {count} {chars}");
    }
}

#[test]
fn passages_of_words_sentences_and_paragraphs() {
    let body = "First one here. The treaty was signed in old Tokyo.\n\nA new paragraph. It \
                holds a treaty. More of it.\n\nThe end.";
    let cut = |root: Clause, extent, count| -> Vec<String> {
        let options = Options { fragments: count, extent, ..Options::default() };
        let snippet = snippet(&plan(root), &article("", body), &mut Analyzers::default(), &options);
        snippet.fragments.iter().map(shown).collect()
    };
    assert_eq!(
        cut(w("treaty"), Extent::Sentence, 9),
        ["The [treaty] was signed in old Tokyo.", "It holds a [treaty]."]
    );
    assert_eq!(
        cut(w("treaty"), Extent::Paragraph, 1),
        ["First one here. The [treaty] was signed in old Tokyo."]
    );
    assert_eq!(
        cut(w("treaty"), Extent::Paragraph, 9)[1..],
        ["A new paragraph. It holds a [treaty]. More of it."]
    );
    assert_eq!(cut(w("treaty"), Extent::Words(4), 1), ["The [treaty] was signed…"]);
    assert_eq!(cut(w("treaty"), Extent::Words(7), 1), ["The [treaty] was signed in old Tokyo."]);
    assert_eq!(cut(w("absent"), Extent::Sentence, 2), ["First one here."]);
    assert_eq!(
        cut(w("absent"), Extent::Paragraph, 2),
        ["First one here. The treaty was signed in old Tokyo."]
    );
    assert_eq!(cut(w("absent"), Extent::Words(3), 2), ["First one here."]);
}

#[test]
fn a_second_fragment_shows_what_the_first_does_not() {
    let body = "War and war. Some filler text here. War, war again. More filler text. A pact.";
    let root = Clause::And(vec![w("war"), w("pact")]);
    assert_eq!(fragments(root, body, 2, 18), ["[War] and [war].", "A [pact]."]);
}

#[test]
fn long_sentences_are_cut_between_words_around_the_match() {
    let filler = "alpha beta gamma delta ".repeat(20);
    let body = format!("{filler}the treaty of Tokyo {filler}");
    let seen = fragments(w("treaty"), &body, 1, 80);
    assert_eq!(seen.len(), 1);
    assert!(seen[0].starts_with('…') && seen[0].ends_with('…'), "{seen:?}");
    assert!(seen[0].contains("the [treaty] of Tokyo"), "{seen:?}");
    let at = seen[0].find('[').unwrap_or(0);
    assert!((15..60).contains(&at), "context on both sides: {seen:?}");
    // No sentence ends, no match: the start.
    let lead = fragments(w("absent"), &body, 2, 80);
    assert!(lead[0].starts_with("alpha beta") && lead[0].ends_with('…'), "{lead:?}");
    // Hyphens and dots are no place to cut.
    let body = format!("{filler} anti-war U.S. {filler}");
    for budget in 8..40 {
        let seen = fragments(w("war"), &body, 1, budget);
        assert!(seen[0].contains("anti-[war]"), "{seen:?}");
    }
}

#[test]
fn texts_without_words_or_ends() {
    assert!(fragments(w("x"), "", 2, 200).is_empty());
    assert!(fragments(w("x"), " \n\t ", 2, 200).is_empty());
    assert_eq!(fragments(w("x"), " --- *** ", 2, 200), ["--- ***"]);
    assert_eq!(fragments(w("x"), "one two", 2, 200), ["one two"]);
    assert_eq!(fragments(w("x"), &"a".repeat(50), 2, 10), ["aaaaaaaaaa…"]);
    assert_eq!(fragments(w("two"), "one two three", 2, 1), ["…[two]…"]);
    assert_eq!(fragments(w("one"), "\n\n  one\n\n", 2, 200), ["[one]"]);
    assert_eq!(fragments(cjk("語"), "これは日本語です。次の文。", 1, 9), ["これは日本[語]です。"]);
    assert_eq!(fragments(cjk("語"), "これは日本語です。次の文。", 1, 4), ["…日本[語]で…"]);
}

#[test]
fn a_line_break_is_kept_and_an_open_quote_belongs_to_its_sentence() {
    let body = "He left. “A treaty\nholds,” he said. (More.)";
    assert_eq!(fragments(w("treaty"), body, 1, 30), ["“A [treaty]\nholds,” he said."]);
    assert_eq!(fragments(w("more"), body, 1, 8), ["([More].)"]);
    assert_eq!(fragments(w("bob"), "Japan's. Bob's. Cat's.", 1, 6), ["[Bob]'s."]);
}

#[test]
fn characters_are_counted_in_the_stored_field() {
    let body = "Élan é. Ünder. The treaty ñ.";
    let options = Options { fragments: 1, extent: Extent::Chars(13), evidence: false };
    let root = w("treaty");
    let seen =
        snippet(&plan(root), &article("é treaty", body), &mut Analyzers::default(), &options);
    let fragment = &seen.fragments[0];
    assert_eq!(fragment.text, "The treaty ñ.");
    assert_eq!((fragment.bytes, fragment.chars), ((18, 32), (15, 28)));
    assert_eq!((fragment.marks[0].bytes, fragment.marks[0].chars), ((22, 28), (19, 25)));
    assert_eq!((seen.title.marks[0].bytes, seen.title.marks[0].chars), ((3, 9), (2, 8)));
}

#[test]
fn a_long_body_is_read_on_where_its_start_has_no_match() {
    let filler = "filler words that say nothing. ".repeat(400);
    for body in [
        format!("{filler}The security treaty holds. {filler}"),
        format!("{filler}security treaty"),
        format!("security treaty {filler}"),
    ] {
        for chunk in [5_000, 5_001, 12_390, 12_400, 12_403, 12_410, 12_420] {
            let mut matcher = Matcher::new(&plan(q("security treaty")));
            matcher.read_in_chunks_of(chunk);
            let stored = article("", &body);
            let found = matcher.find(&stored, &mut Analyzers::default());
            let marks: Vec<&str> = found.body.iter().map(|f| &body[f.bytes.0..f.bytes.1]).collect();
            assert_eq!(marks, ["security treaty"]);
            let options = Options { fragments: 1, ..Options::default() };
            let seen = matcher.snippet(&stored, &mut Analyzers::default(), &options);
            let fragment = &seen.fragments[0];
            assert_eq!(fragment.text, body[fragment.bytes.0..fragment.bytes.1]);
            assert_eq!(fragment.marks[0].bytes, found.body[0].bytes);
        }
    }
}

#[test]
fn a_chain_of_overlapping_marks_leaves_places_to_cut() {
    let body = "々".repeat(2_000);
    let seen = fragments(cjk("々々"), &body, 2, 200);
    assert!(seen.iter().all(|fragment| fragment.chars().count() < 320), "{seen:?}");
    let body = "war ".repeat(2_000);
    let seen = fragments(q("war war"), &body, 2, 50);
    assert!(seen.iter().all(|fragment| fragment.len() < 400), "{seen:?}");
}

fn any_clause() -> impl Strategy<Value = Clause> {
    let words = ["war", "pact", "agreement", "élan", "us", "a"];
    let leaf = prop_oneof![
        proptest::sample::select(words.to_vec()).prop_map(w),
        proptest::sample::select(vec!["a b", "war pact", "a a", "war"]).prop_map(q),
        (proptest::sample::select(vec!["a b", "war pact", "a a"]), 0u32..4)
            .prop_map(|(words, slop)| sloppy(words, slop)),
        proptest::sample::select(vec!["*a*", "p??t", "*"]).prop_map(glob),
        proptest::sample::select(vec!["日本", "日本日", "本"]).prop_map(cjk),
        Just(exact("US")),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Clause::And),
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Clause::Or),
            inner.prop_map(not),
        ]
    })
}

fn any_text() -> impl Strategy<Value = String> {
    let parts = vec![
        "war",
        "pact",
        "agree-\nment",
        "agree",
        "Élan",
        "US",
        "us",
        "a",
        "b",
        " ",
        " ",
        ". ",
        "\n",
        "\n\n",
        "日",
        "本",
        "。",
        "“",
        "”",
        "'s",
        "-",
        "ประเทศไทย",
        "...",
        "\u{301}",
        "🇯🇵",
        "(",
        "! ",
    ];
    prop_oneof![
        proptest::collection::vec(proptest::sample::select(parts), 0..80)
            .prop_map(|parts| parts.concat()),
        "\\PC{0,60}",
    ]
}

/// Whether a marked text is what some leaf of the query asks for.
fn asked_for(root: &Clause, text: &str) -> bool {
    let plain: String = text.replace("-\n", "");
    let folded = fold::fold(&plain);
    let mut asked = false;
    root.positive(&mut |leaf| {
        let Clause::Text(leaf) = leaf else { return };
        asked |= leaf.slots.iter().any(|slot| {
            slot.pattern.as_ref().is_some_and(|pattern| pattern.matches(&folded))
                || slot.terms.iter().any(|term| {
                    let exact = term.strip_prefix(EXACT_MARK) == Some(text);
                    exact || *term == folded || *term == stem(&plain, "en")
                })
        });
    });
    asked
}

proptest! {
    #[test]
    fn snippets_hold_their_promises(
        root in any_clause(),
        title in any_text(),
        body in any_text(),
        count in 0usize..4,
        chars in 0usize..60,
    ) {
        let stored = article(&title, &body);
        let plan = plan(root);
        let mut matcher = Matcher::new(&plan);
        let analyzers = &mut Analyzers::default();
        let found = matcher.find(&stored, analyzers);
        for (text, found) in [(&title, &found.title), (&body, &found.body)] {
            let mut last = 0;
            for mark in found {
                let (start, end) = mark.bytes;
                prop_assert!(start >= last && start < end);
                let marked = text.get(start..end);
                prop_assert!(marked.is_some());
                last = end;
                // A mark of one word is a word that was asked for.
                let marked = marked.unwrap_or_default();
                if Tokens::of(marked).len() == 1 && !marked.contains(['日', '本']) {
                    prop_assert!(asked_for(&plan.root, marked), "{marked:?}");
                }
            }
        }
        let options = Options { fragments: count, extent: Extent::Chars(chars), evidence: false };
        let seen = matcher.snippet(&stored, analyzers, &options);
        prop_assert_eq!(&seen.title.text, &title);
        prop_assert!(seen.fragments.len() <= count);
        let mut last = 0;
        for fragment in &seen.fragments {
            let (start, end) = fragment.bytes;
            prop_assert!(start >= last && start < end);
            last = end;
            prop_assert_eq!(&body[start..end], &fragment.text);
            prop_assert_eq!(body[..start].chars().count(), fragment.chars.0);
            prop_assert_eq!(body[..end].chars().count(), fragment.chars.1);
            let longest = Tokens::of(&body)
                .iter()
                .map(|token| token.surface(&body).chars().count())
                .chain(found.body.iter().map(|f| body[f.bytes.0..f.bytes.1].chars().count()))
                .max()
                .unwrap_or(0);
            let length = fragment.chars.1 - fragment.chars.0;
            prop_assert!(length <= chars.max(longest + 64), "{length} {chars} {longest}");
            for token in Tokens::of(&body).iter() {
                let inside = (token.start as usize) < start && start < token.end as usize;
                prop_assert!(!inside, "starts inside a word");
            }
            let mut before = start;
            for mark in &fragment.marks {
                prop_assert!(mark.bytes.0 >= before && mark.bytes.1 <= end);
                before = mark.bytes.1;
                prop_assert!(found.body.iter().any(|f| f.bytes == mark.bytes));
                prop_assert_eq!(body[..mark.bytes.0].chars().count(), mark.chars.0);
                prop_assert_eq!(body[..mark.bytes.1].chars().count(), mark.chars.1);
            }
            let joined: String = fragment.pieces().map(|piece| piece.text).collect();
            prop_assert_eq!(&joined, &fragment.text);
        }
        for extent in [Extent::Words(chars.max(1)), Extent::Sentence, Extent::Paragraph] {
            let options = Options { fragments: count, extent, evidence: false };
            let seen = matcher.snippet(&stored, analyzers, &options);
            for fragment in &seen.fragments {
                let (start, end) = fragment.bytes;
                prop_assert_eq!(&body[start..end], &fragment.text);
                // What no blank separates is not cut.
                let pieces = fragment.text.split_whitespace();
                let number = pieces.filter(|piece| !Tokens::of(piece).is_empty()).count();
                let longest = found.body.iter().map(|f| Tokens::of(&body[f.bytes.0..f.bytes.1]).len());
                let most = longest.max().unwrap_or(0).max(chars.max(1));
                if matches!(extent, Extent::Words(_)) {
                    prop_assert!(number <= most + 2, "{number} {most}");
                } else {
                    prop_assert!(!fragment.cut_start && !fragment.cut_end);
                }
            }
        }
        if count > 0 && !found.body.is_empty() {
            prop_assert!(seen.fragments.iter().any(|fragment| !fragment.marks.is_empty()));
        }
        prop_assert_eq!(seen.fragments.is_empty(), count == 0 || body.trim().is_empty() || (chars == 0 && found.body.is_empty()));
    }
}
