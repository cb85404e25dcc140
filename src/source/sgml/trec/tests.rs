use super::*;
use crate::source::{ReadOptions, open_reader};

fn read(text: &str) -> Vec<Article> {
    let reader = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
    let options = ReadOptions::default();
    let all = open_reader(reader, "docs.txt".as_ref(), 0, &options).unwrap();
    all.map(Result::unwrap).collect()
}

fn day(article: &Article) -> String {
    article.date.as_ref().map(PartialDate::display).unwrap_or_default()
}

#[test]
fn agency_copy_has_heads_byline_and_a_day_in_its_number() {
    let all = read(
        "<DOC>\n<DOCNO> AP880212-0001 </DOCNO>\n<FILEID>AP-XX-02-12-88 2344EST</FILEID>\n\
         <FIRST>u i XX-Pact  02-12 0398</FIRST>\n<HEAD>Harbour Pact Signed</HEAD>\n\
         <HEAD>With Photo</HEAD>\n<BYLINE>By A. WRITER</BYLINE>\n\
         <DATELINE>TOKYO (XP) _ </DATELINE>\n<TEXT>\n   The ministers met.\n   They &amp; signed.\n\
         </TEXT>\n<NOTE>end</NOTE>\n</DOC>\n\
         <DOC>\n<DOCNO> AP880212-0002 </DOCNO>\n<TEXT>Second.</TEXT>\n</DOC>\n",
    );
    assert_eq!(all.len(), 2);
    let one = &all[0];
    assert_eq!(one.id.as_deref(), Some("AP880212-0001"));
    assert_eq!(one.title, "Harbour Pact Signed; With Photo");
    assert_eq!(one.body, "   The ministers met.\n   They & signed.");
    assert_eq!(one.author.as_deref(), Some("By A. WRITER"));
    assert_eq!(one.dateline.as_deref(), Some("TOKYO (XP)"));
    assert_eq!((day(one).as_str(), one.source.as_deref()), ("1988-02-12", Some("AP")));
    assert_eq!(one.extra["NOTE"], "end");
    assert_eq!((all[1].provenance.line, all[1].body.as_str()), (15, "Second."));
}

#[test]
fn papers_have_paragraphs_and_dates_of_their_own() {
    let all = read(
        "<DOC>\n<DOCNO> LA010289-0001 </DOCNO>\n<DOCID> 1 </DOCID>\n\
         <DATE>\n<P>\nJanuary 2, 1989, Monday, Home Edition \n</P>\n</DATE>\n\
         <SECTION>\n<P>\nMetro; Part 2; Page 1\n</P>\n</SECTION>\n\
         <HEADLINE>\n<P>\nA PIER REOPENS;\n</P>\n<P>\nCROWDS RETURN\n</P>\n</HEADLINE>\n\
         <TEXT>\n<P>\nThe pier was open.\n</P>\n<P>\nMany came.\n</P>\n</TEXT>\n\
         <SUBJECT>\n<P>\nPIERS; TOURISM\n</P>\n</SUBJECT>\n</DOC>\n\
         <DOC>\n<DOCNO>FT911-3</DOCNO>\n<PROFILE>_AN-X</PROFILE>\n<DATE>910514\n</DATE>\n\
         <HEADLINE>\nFT  14 MAY 91 / Bank moves\n</HEADLINE>\n<TEXT>\nA bank moved.\n</TEXT>\n\
         <PUB>The Financial Times\n</PUB>\n<PAGE>\nLondon Page 8\n</PAGE>\n</DOC>\n\
         <DOC>\n<DOCNO> WSJ870403-0010 </DOCNO>\n<HL> Trade:\n  A Pact </HL>\n<DD> 04/03/87</DD>\n\
         <SO> A JOURNAL (J) </SO>\n<DATELINE> NEW YORK </DATELINE>\n<TEXT>\nText.\n</TEXT>\n</DOC>\n",
    );
    assert_eq!(all[0].title, "A PIER REOPENS; CROWDS RETURN");
    assert_eq!(all[0].body, "The pier was open.\n\nMany came.");
    assert_eq!(
        (day(&all[0]).as_str(), &all[0].given.topic),
        ("1989-01-02", &vec!["PIERS".to_owned(), "TOURISM".to_owned()])
    );
    assert_eq!(all[0].source.as_deref(), Some("Los Angeles Times"));
    assert_eq!(
        (day(&all[1]).as_str(), all[1].source.as_deref()),
        ("1991-05-14", Some("The Financial Times"))
    );
    assert_eq!((day(&all[2]).as_str(), all[2].title.as_str()), ("1987-04-03", "Trade: A Pact"));
    assert!(all.iter().all(|article| article.notes.is_empty()));
}

#[test]
fn other_shapes_are_read() {
    let all = read(
        "<DOC>\n<DOCNO> FR940104-0-00001 </DOCNO>\n<PARENT> FR940104-0-00001 </PARENT>\n<TEXT>\n\
         <!-- PJG FTAG 4700 -->\n<DOCTITLE>Rules of &hyph; piers</DOCTITLE>\nText&blank;1 < 2.\n\
         <!-- PJG /FTAG -->\n</TEXT>\n</DOC>\n\
         <DOC id=\"AFP_ENG_19940512.0001\" type=\"story\" >\n<HEADLINE>\nTalks\n</HEADLINE>\n\
         <DATELINE>\nTOKYO, May 12\n</DATELINE>\n<TEXT>\n<P>\nOne.\n</P>\n</TEXT>\n</DOC>\n\
         <DOC>\n<DOCNO> NYT19990101.0001 </DOCNO>\n<DATE_TIME> 01/01/1999 00:15:00 </DATE_TIME>\n\
         <HEADER> A1 </HEADER>\n<BODY>\n<SLUG> X </SLUG>\n<HEADLINE> Head </HEADLINE>\n\
         <TEXT>\n<P> Para. </P>\n</TEXT>\n</BODY>\n</DOC>\n\
         <DOC>\n<DOCNO>FBIS3-1</DOCNO>\n<HEADER>\n<DATE1>  1 March 1994 </DATE1>\n\
         <H3> <TI>   A statement </TI></H3>\n</HEADER>\n<TEXT>\nLanguage: <F P=105> English </F>\nText.\n</TEXT>\n</DOC>\n",
    );
    assert_eq!(all[0].title, "Rules of - piers");
    assert_eq!(all[0].body, "Rules of - piers\nText 1 < 2.");
    assert_eq!(
        (day(&all[1]).as_str(), all[1].id.as_deref()),
        ("1994-05-12", Some("AFP_ENG_19940512.0001"))
    );
    assert_eq!(
        (all[1].extra["type"].as_str(), all[1].source.as_deref()),
        (Some("story"), Some("AFP"))
    );
    assert_eq!((all[2].title.as_str(), all[2].body.as_str()), ("Head", " Para."));
    assert_eq!(day(&all[2]), "1999-01-01T00:15");
    assert_eq!((all[3].title.as_str(), day(&all[3]).as_str()), ("A statement", "1994-03-01"));
    assert_eq!(all[3].body, "Language:  English \nText.");
}

#[test]
fn broken_markup_loses_no_document() {
    let all = read(
        "<DOC>\n<DOCNO> X1 </DOCNO>\n<TEXT>\nNo end.\n<DOC>\n<DOCNO> X2 </DOCNO>\n\
         <ACCESS> 7\n<HEADLINE> Head\n<TEXT> a <b\n</TEXT>\n</DOC>\n<DOC>\n<DOCNO> X3 </DOCNO>\nBare text.\n</DOC>\n",
    );
    let ids: Vec<_> = all.iter().map(|one| one.id.as_deref().unwrap_or("-")).collect();
    assert_eq!(ids, ["X1", "X2", "X3"]);
    assert_eq!(all[0].body, "No end.");
    assert_eq!((all[1].title.as_str(), all[1].body.as_str()), ("Head", " a <b"));
    assert_eq!(all[2].body, "Bare text.");
}
