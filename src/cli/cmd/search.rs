//! `dateline search`: ranked hits, a sample, or a stream of all of them.

mod cursor;
mod sort;

use std::ops::ControlFlow;

use clap::{Args, ValueEnum};

use cursor::Cursor;
pub use sort::SortKey;

use crate::cli::args::{Global, ListFormat};
use crate::cli::query_args::{QueryArgs, TimeoutArgs};
use crate::cli::report::{Failure, placeless};
use crate::cli::snippet_args::SnippetArgs;
use crate::cli::{Exit, Io, cmd, command};
use crate::diag::nearest;
use crate::engine::embedded::Embedded;
use crate::engine::{self, Engine, FacetCounts, Match, Order};
use crate::plan::{Catalogue, FacetField, Plan};
use crate::render::select::Fields;
use crate::render::template::Template;
use crate::render::trec::RunNames;
use crate::render::{self, Choice, Format, Head, Needs, Renderer, Style, Summary};
use crate::search::question::Question;
use crate::search::{self, Found, Hit, ReadOptions, Reading, Request, Shower};

/// Hits shown without `-n`.
const LIMIT: usize = 10;
/// Hits kept at once where they are ordered: half a gigabyte.
const MOST_ORDERED: u64 = 16_000_000;
/// Values counted of a facet without a number.
const VALUES: usize = 10;

const EXAMPLES: &str = "\
Examples:
  dateline search 'country:Japan pact'
  dateline search -n0 --format ids 'person:Abe date:2019..' | wc -l
  dateline search --facets country:5,person 'event:diplomacy'
  dateline search -l0 pact | xargs -0 dateline show
  dateline search --format kwic -n0 'pact NEAR/5 fish*'
  dateline search --question 'how did the yen react to the accord?'
  dateline search --sample 50 --seed 1 --format csv 'strike' > to-code.csv

In a pipe a hit is one line: id, date, source, title and what it is mainly about, with tabs between;
counted facets follow as #class, id, label, count. Exit code 1 tells that nothing matched.";

/// Search the archive
///
/// Shows the best hits first: by score, then newest, then id. The total is always exact.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline search [OPTIONS] <QUERY>...")]
pub struct SearchArgs {
    /// Query: words, "phrases", AND, OR, -not, field:value; 'dateline fields' lists the fields
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    #[command(flatten)]
    timeout: TimeoutArgs,

    /// Read QUERY as a question in plain words, without operators: any of them may stand, and the
    /// best articles lend words to the ranking
    #[arg(long, conflicts_with_all = ["sort", "sample", "after"], help_heading = "Query")]
    question: bool,

    /// Show N hits, 0 for all, unranked and in the order of the index [default: 10]
    #[arg(short = 'n', long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,

    /// Order hits by KEY: relevance, date (newest first), -date, added, -added, len, -len
    #[arg(
        long,
        value_name = "KEY",
        value_enum,
        allow_hyphen_values = true,
        hide_possible_values = true,
        conflicts_with = "sample",
        help_heading = "Output"
    )]
    sort: Option<SortKey>,

    /// Leave out the first N hits
    #[arg(long, value_name = "N", conflicts_with = "sample", help_heading = "Output")]
    offset: Option<usize>,

    /// Go on after the hits of an earlier answer: the "next" of its summary
    #[arg(
        long,
        value_name = "CURSOR",
        conflicts_with_all = ["sample", "offset"],
        help_heading = "Output"
    )]
    after: Option<String>,

    /// Show a random sample of N hits instead of the best
    #[arg(long, value_name = "N", conflicts_with = "limit", help_heading = "Output",
        value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,

    /// Draw the sample with this seed; the same seed draws the same hits [default: 0]
    #[arg(long, value_name = "S", requires = "sample", help_heading = "Output")]
    seed: Option<u64>,

    /// Count values of facets over all hits, such as country:5,person.major [default: 10 values each]
    #[arg(long, value_name = "FACETS", help_heading = "Output")]
    facets: Vec<String>,

    /// Count facets over the hits only, also for a class that the query filters by
    #[arg(long, requires = "facets", help_heading = "Output")]
    conjunctive: bool,

    /// Write these parts of a hit, as in id,date,title,country,body; for json, jsonl, csv and tsv
    #[arg(long, value_name = "FIELDS", help_heading = "Output")]
    fields: Option<String>,

    /// Write each hit by TEMPLATE, as in '{date} {source|default:-} {title|truncate:60}'
    #[arg(
        long,
        value_name = "TEMPLATE",
        conflicts_with_all = ["format", "fields", "ids", "null"],
        help_heading = "Output"
    )]
    template: Option<String>,

    /// Topic and name of the run in --format trec [default: 1,dateline]
    #[arg(long, value_name = "TOPIC,RUN", help_heading = "Output")]
    run: Option<String>,

    #[command(flatten)]
    snippets: SnippetArgs,

    /// Write hits as human, json, jsonl, csv, tsv, trec, kwic or ids [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<ListFormat>,

    /// Write ids only, the same as --format ids
    #[arg(short = 'l', long, help_heading = "Output")]
    ids: bool,

    /// Write ids as they are, each followed by a NUL, for xargs -0
    #[arg(short = '0', long, help_heading = "Output")]
    null: bool,

    /// Write the number of hits only
    #[arg(short = 'c', long, help_heading = "Output",
        conflicts_with_all = ["limit", "sample", "facets", "format", "ids", "null", "template"])]
    count: bool,

    /// Do not count: the best hits are found faster, and the total stays unknown
    #[arg(long, help_heading = "Output", conflicts_with_all = ["count", "quiet", "question"])]
    no_count: bool,

    /// Write nothing; the exit code tells whether anything matched
    #[arg(short = 'q', long, help_heading = "Output",
        conflicts_with_all = ["limit", "sample", "facets", "format", "ids", "null", "count"])]
    quiet: bool,
}

/// Runs the search. `implicit` tells that the verb was left out.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(
    args: &SearchArgs,
    implicit: bool,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<Exit, Failure> {
    let text = args.query.required(&args.words, io)?;
    run_for(args, text, implicit, global, io)
}

/// Runs the search for this text instead of the query among the arguments.
///
/// # Errors
/// Like [`run`].
pub(super) fn run_for(
    args: &SearchArgs,
    text: String,
    implicit: bool,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<Exit, Failure> {
    let mut options = args.query.options(io)?;
    let format = args.format(io)?;
    let facets = args.facets(format)?;
    let archive = args.timeout.start(cmd::open_for(&mut options, global, io)?);
    let asked = args.question.then(|| Question::read(&text, &archive.languages()));
    let mut reading = match &asked {
        None => args.query.read(&archive, &text, &options)?,
        // What stands beside the question filters it.
        Some(_) => args.query.read(&archive, "*", &options)?,
    };
    let question = asked.map(|question| Asked { filter: reading.plan.clone(), question });
    if let Some(asked) = &question {
        reading.plan = asked.question.plan(&asked.filter);
        reading.canonical = text.clone();
    }
    reading.warnings.extend(search::facets::no_values(&archive, &facets));
    if args.quiet {
        return Ok(if matches_any(&archive, &reading, &text)? {
            Exit::Done
        } else {
            args.timeout.ended(&archive, Exit::NoMatch, global, io)
        });
    }
    cmd::warn(&reading.warnings, &text, global, io);
    let choice = args.choice(format)?;
    let set = |key: &str| io.config.get(key);
    let sort = args.sort.or_else(|| SortKey::from_str(set("search.sort")?, true).ok());
    let order = sort.filter(|_| !args.question && args.sample.is_none());
    let order = order.unwrap_or_default().order();
    let shown = args.limit.or_else(|| set("search.limit")?.parse().ok());
    let offset = match &args.after {
        Some(text) => Cursor::find(text, &archive, &reading, order)?.offset as usize,
        None => args.offset.unwrap_or(0),
    };
    let all = shown == Some(0) && (sort.is_some() || offset > 0);
    let job = Job {
        args,
        text: &text,
        format,
        choice,
        order,
        archive: &archive,
        reading: &reading,
        question,
    };
    let limit = match args.sample {
        Some(size) => size as usize,
        None if all => usize::MAX,
        None => shown.unwrap_or(LIMIT),
    };
    if limit.saturating_add(offset) as u64 > MOST_ORDERED {
        let found = job.answer(&Request::default())?;
        if found.number().min(limit as u64) > MOST_ORDERED {
            let message =
                format!("{} hits are to be ordered, more than {MOST_ORDERED}", found.number());
            let mut problem = placeless("too_many_hits", message);
            problem.hint =
                Some("-n0 without --sort streams them in the order of the index".to_owned());
            return Err(Failure::Usage(problem));
        }
    }
    let request = Request {
        limit,
        offset,
        order,
        sample: args.sample.map(|_| args.seed.unwrap_or(0)),
        facets,
        conjunctive: args.conjunctive,
        uncounted: args.no_count,
        ..Request::default()
    };
    if args.count {
        let found = job.answer(&Request::default())?;
        writeln!(io.out, "{}", found.number())?;
        let exit = if found.number() > 0 { Exit::Done } else { Exit::NoMatch };
        return Ok(args.timeout.ended(&archive, exit, global, io));
    }
    let style = Style { nul: args.null, ..args.snippets.style(cmd::style(global, io)) };
    let mut renderer = render::open(format, style, &job.choice);
    args.snippets.check(format, renderer.needs() >= Needs::Snippet)?;
    let total = if request.limit == 0 {
        job.stream(&request, renderer.as_mut(), io)?
    } else {
        job.page(&request, renderer.as_mut(), io)?
    };
    if total > 0 {
        let defaulted = shown.is_none() && args.sample.is_none();
        let told = style.terminal && format == Format::Human;
        if defaulted
            && total > LIMIT as u64
            && !told
            && !matches!(format, Format::Json | Format::Jsonl)
        {
            // A note that cannot be told is no failure of the search.
            let _ = writeln!(io.err, "note: {LIMIT} of {total} hits; -n0 shows all");
        }
        return Ok(args.timeout.ended(&archive, Exit::Done, global, io));
    }
    if archive.was_stopped() {
        return Ok(args.timeout.ended(&archive, Exit::NoMatch, global, io));
    }
    if format == Format::Human && args.template.is_none() {
        let advice = job.advice(&options, implicit)?;
        // Advice that cannot be told is no failure of the search.
        let _ = io.err.write_all(advice.as_bytes());
    }
    Ok(Exit::NoMatch)
}

/// Whether anything matches.
pub(super) fn matches_any(
    archive: &Embedded,
    reading: &Reading,
    text: &str,
) -> Result<bool, Failure> {
    let question = engine::Question {
        plan: &reading.plan,
        limit: 1,
        order: Order::Relevance,
        total: false,
        sample: None,
        facets: &[],
    };
    let answer = archive
        .answer(&question)
        .map_err(|error| Failure::search(text, search::from_engine(error)))?;
    Ok(!answer.matches.is_empty())
}

impl SearchArgs {
    /// The query among the arguments, if there is one.
    pub(super) fn text(&self, io: &mut Io<'_>) -> Result<Option<String>, Failure> {
        self.query.text(&self.words, io)
    }

    fn format(&self, io: &Io<'_>) -> Result<Format, Failure> {
        if self.ids || self.null {
            return match self.format {
                None | Some(ListFormat::Ids) => Ok(Format::Ids),
                Some(_) => {
                    let message = "-l and -0 write ids, and --format asks for something else";
                    Err(Failure::usage("usage", message))
                }
            };
        }
        ListFormat::chosen(self.format, io)
    }

    fn choice(&self, format: Format) -> Result<Choice, Failure> {
        let mut choice = Choice::default();
        if let Some(list) = &self.fields {
            if !matches!(format, Format::Json | Format::Jsonl | Format::Csv | Format::Tsv) {
                let mut problem = placeless("usage", "--fields needs a format with fields");
                problem.hint = Some("add --format jsonl, json, csv or tsv".to_owned());
                return Err(Failure::Usage(problem));
            }
            choice.fields = Some(Fields::parse(list).map_err(Failure::Usage)?);
        }
        if let Some(text) = &self.template {
            let template = Template::parse(text);
            choice.template = Some(template.map_err(|problem| Failure::option(text, problem))?);
        }
        if let Some(names) = &self.run {
            let (topic, run) = names.split_once(',').unwrap_or((names, "dateline"));
            if [topic, run].iter().any(|name| name.is_empty() || name.contains(char::is_whitespace))
            {
                return Err(Failure::usage("usage", "--run takes TOPIC,RUN without blanks"));
            }
            choice.names = RunNames { topic: topic.to_owned(), run: run.to_owned() };
        }
        Ok(choice)
    }

    fn facets(&self, format: Format) -> Result<Vec<(FacetField, usize)>, Failure> {
        if !self.facets.is_empty()
            && matches!(
                format,
                Format::Csv | Format::Ids | Format::Tsv | Format::Trec | Format::Kwic
            )
        {
            let mut problem =
                placeless("usage", "--facets has no place in a list of hits as csv or ids");
            problem.hint = Some("'dateline facets' counts without hits, in csv too".to_owned());
            return Err(Failure::Usage(problem));
        }
        let mut fields: Vec<(FacetField, usize)> = Vec::new();
        for list in &self.facets {
            let more = search::facets::list(list, VALUES)
                .map_err(|problem| Failure::option(list, problem))?;
            for (field, size) in more {
                if !fields.iter().any(|(known, _)| *known == field) {
                    fields.push((field, size));
                }
            }
        }
        Ok(fields)
    }
}

/// One search under way.
struct Job<'a> {
    args: &'a SearchArgs,
    text: &'a str,
    format: Format,
    choice: Choice,
    order: Order,
    archive: &'a Embedded,
    reading: &'a Reading,
    question: Option<Asked>,
}

/// A question, and what its answers must match besides.
struct Asked {
    question: Question,
    filter: Plan,
}

impl Job<'_> {
    fn answer(&self, request: &Request) -> Result<Found, Failure> {
        if let Some(asked) = &self.question
            && request.limit > 0
        {
            let limit = request.limit.saturating_add(request.offset);
            let (mut found, _) =
                search::question::answer(self.archive, &asked.question, &asked.filter, limit)
                    .map_err(|error| Failure::search(self.text, error))?;
            found.matches.drain(..request.offset.min(found.matches.len()));
            if !request.facets.is_empty() {
                let counts = Request { limit: 0, offset: 0, ..request.clone() };
                let counted = search::answer(self.archive, self.reading, &counts);
                found.facets = counted.map_err(|error| Failure::search(self.text, error))?.facets;
            }
            return Ok(found);
        }
        search::answer(self.archive, self.reading, request)
            .map_err(|error| Failure::search(self.text, error))
    }

    fn shower(&self, needs: Needs) -> Option<Shower> {
        let snippets = &self.args.snippets;
        let shower = || {
            let shower = Shower::new(self.reading, needs >= Needs::Snippet)
                .cutting(snippets.options(), snippets.highlight().unwrap_or_default());
            if needs == Needs::Lines { shower.in_lines(snippets.around()) } else { shower }
        };
        let whole = self.choice.needs_whole();
        (needs > Needs::Id).then(|| if whole { shower().keeping_articles() } else { shower() })
    }

    fn show(
        &self,
        shower: &mut Option<Shower>,
        found: Match,
        rank: Option<u64>,
    ) -> Result<Hit, Failure> {
        match shower {
            Some(shower) => Ok(shower.hit(self.archive, &found, rank)?),
            None => Ok(Hit::bare(found, rank)),
        }
    }

    /// Writes the best hits, or the sample; the total.
    fn page(
        &self,
        request: &Request,
        renderer: &mut dyn Renderer,
        io: &mut Io<'_>,
    ) -> Result<u64, Failure> {
        let found = self.answer(request)?;
        let number = found.number();
        let Found { total, matches, facets } = found;
        let sample = request.sample.map(|seed| (matches.len() as u64, seed));
        let shown = Some(matches.len() as u64);
        let after = (request.offset + matches.len()) as u64;
        let more = request.sample.is_none()
            && self.question.is_none()
            && total.map_or(matches.len() == request.limit, |total| after < total)
            && !self.archive.was_stopped()
            && !matches.is_empty();
        let next = more.then(|| Cursor::at(self.archive, self.reading, self.order, after).text());
        renderer.begin(io.out, &Head { total, shown, facets: &facets, sample })?;
        let mut shower = self.shower(renderer.needs());
        for (at, found) in matches.into_iter().enumerate() {
            if self.archive.is_due() {
                break;
            }
            let rank = request.sample.is_none().then_some((request.offset + at) as u64 + 1);
            let hit = self.show(&mut shower, found, rank)?;
            renderer.hit(io.out, &hit)?;
        }
        self.end(total, &facets, sample, next, renderer, io)?;
        Ok(number)
    }

    /// Writes every hit as the engine finds it; the total.
    fn stream(
        &self,
        request: &Request,
        renderer: &mut dyn Renderer,
        io: &mut Io<'_>,
    ) -> Result<u64, Failure> {
        // The head is all that a count before the hits is good for.
        let headed = io.out_is_terminal && self.format == Format::Human;
        let before =
            if headed || !request.facets.is_empty() { Some(self.answer(request)?) } else { None };
        let total = before.as_ref().and_then(|found| found.total);
        let facets = before.map(|found| found.facets).unwrap_or_default();
        renderer.begin(io.out, &Head { total, shown: total, facets: &facets, sample: None })?;
        let mut shower = self.shower(renderer.needs());
        let mut failed = None;
        let seen = search::stream(self.archive, self.reading, &mut |found| {
            let written = self
                .show(&mut shower, Match { score: None, ..found }, None)
                .and_then(|hit| Ok(renderer.hit(io.out, &hit)?));
            match written {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            }
        })
        .map_err(|error| Failure::search(self.text, error))?;
        if let Some(failure) = failed {
            return Err(failure);
        }
        self.end(Some(seen), &facets, None, None, renderer, io)?;
        Ok(seen)
    }

    fn end(
        &self,
        total: Option<u64>,
        facets: &[FacetCounts],
        sample: Option<(u64, u64)>,
        next: Option<String>,
        renderer: &mut dyn Renderer,
        io: &mut Io<'_>,
    ) -> Result<(), Failure> {
        let summary = Summary {
            query: &self.reading.canonical,
            total,
            partial: self.archive.was_stopped(),
            took_ms: cmd::took_ms(io),
            warnings: &self.reading.warnings,
            facets,
            sample,
            next: next.as_deref(),
            ranking: self.question.as_ref().map(|_| "question"),
            index: cmd::state(self.archive),
        };
        renderer.end(io.out, &summary)?;
        // Hits come before advice about them where both reach a terminal.
        io.out.flush()?;
        Ok(())
    }

    /// What [`cmd::no_hits`] tells, and whether a verb was mistyped.
    fn advice(&self, options: &ReadOptions, implicit: bool) -> Result<String, Failure> {
        let mut out = cmd::no_hits(self.archive, self.reading, options)?;
        let first = self.args.words.first().filter(|_| implicit);
        if let Some(word) = first.filter(|word| word.bytes().all(|b| b.is_ascii_lowercase())) {
            let command = command();
            let verbs = command.get_subcommands().map(clap::Command::get_name);
            if let Some(verb) = nearest(word, verbs, 1).first() {
                out.push_str(&format!(
                    "hint: '{word}' was searched for; the command is '{verb}'\n"
                ));
            }
        }
        Ok(out)
    }
}
