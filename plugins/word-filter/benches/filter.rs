//! How fast are texts judged, and what does a large list cost? Comments of about 500 characters
//! against lists of 100, 10,000 and 100,000 entries with every normalisation on; building and
//! memory of the largest. Words are made up, always the same.

#![expect(clippy::print_stderr, clippy::indexing_slicing, reason = "a benchmark, run by hand")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use farandole_word_filter::{Entry, ListSpec, Matcher, Mode, Options, Visible};

/// A small generator (xorshift), so that every run measures the same words.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.roll(all.len() as u64)).unwrap_or(0)]
    }

    /// A word that can be pronounced, in Latin letters with the accents of French, or Cyrillic.
    fn word(&mut self) -> String {
        let latin = ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "ch", "tr"];
        let vowels = ["a", "e", "i", "o", "u", "é", "è", "ou", "ai", "on"];
        let (hard, soft) = (["б", "д", "к", "л", "м", "н", "р", "с"], ["а", "е", "и", "о", "у"]);
        let cyrillic = self.roll(20) == 0;
        (0..2 + self.roll(3))
            .map(|_| match cyrillic {
                true => format!("{}{}", self.of(&hard), self.of(&soft)),
                false => format!("{}{}", self.of(&latin), self.of(&vowels)),
            })
            .collect()
    }
}

fn entries(count: u64) -> Vec<Entry> {
    let mut dice = Dice(0x5EED);
    let modes = [Mode::WholeWord, Mode::WholeWord, Mode::WholeWord, Mode::Prefix, Mode::Phrase];
    (0..count)
        .map(|id| {
            let mode = modes[usize::try_from(dice.roll(5)).unwrap_or(0)];
            let mut text = dice.word() + &dice.word();
            if mode == Mode::Phrase {
                text = format!("{text} {}", dice.word());
            }
            Entry { id, text, mode, language: Some("fr".to_owned()) }
        })
        .collect()
}

/// Comments of about 500 characters: prose, some of them with words of the list, mark-up, an
/// address, emphasis.
fn comments(entries: &[Entry]) -> Vec<String> {
    let mut dice = Dice(0xC0FFEE);
    (0..200_u64)
        .map(|number| {
            let mut text = String::new();
            while text.chars().count() < 480 {
                let word = match dice.roll(60) {
                    0 => "**vraiment**".to_owned(),
                    1 => "l’idée,".to_owned(),
                    2 => "2026.".to_owned(),
                    3 if number % 4 == 0 => {
                        let index = dice.roll(entries.len() as u64);
                        entries[usize::try_from(index).unwrap_or(0)].text.clone()
                    }
                    4 if number % 3 == 0 => "https://example.org/some/path".to_owned(),
                    _ => dice.word(),
                };
                text.push_str(&word);
                text.push(' ');
            }
            text
        })
        .collect()
}

fn build(entries: &[Entry], options: Options) -> Matcher {
    Matcher::build(&[ListSpec { id: 1, options, entries, exceptions: &[] }]).unwrap_or_default()
}

/// Prints what criterion does not: the median over single comments, and the memory.
fn report(name: &str, matcher: &Matcher, comments: &[String]) {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..20 {
        for comment in comments {
            let start = Instant::now();
            black_box(matcher.scan(&Visible::markdown(comment)));
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    let hits: usize = comments.iter().map(|one| matcher.find(&Visible::markdown(one)).len()).sum();
    let steps: u64 = comments.iter().map(|one| matcher.scan(&Visible::markdown(one)).steps).sum();
    let bytes = comments.iter().map(String::len).sum::<usize>() as f64 / comments.len() as f64;
    let characters: usize = comments.iter().map(|one| one.chars().count()).sum();
    eprintln!(
        "{name}: one comment of {} characters: median {:?} ({:.1} MB/s), 95 % {:?}, 99 % {:?}; \
         {:.2} steps a character; {hits} hits in {} comments; matcher {:.1} MB",
        characters / comments.len(),
        at(50),
        bytes / at(50).as_secs_f64() / 1e6,
        at(95),
        at(99),
        steps as f64 / characters as f64,
        comments.len(),
        matcher.memory_bytes() as f64 / 1e6,
    );
}

fn judging(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judge");
    for count in [100, 10_000, 100_000] {
        let entries = entries(count);
        let comments = comments(&entries);
        let bytes = comments.iter().map(String::len).sum::<usize>();
        for (name, options) in [("all options", Options::ALL), ("no options", Options::default())] {
            let matcher = build(&entries, options);
            let name = format!("{count} entries, {name}");
            report(&name, &matcher, &comments);
            group.throughput(Throughput::Bytes(bytes as u64));
            group.bench_function(&name, |bencher| {
                bencher.iter(|| {
                    for comment in &comments {
                        black_box(matcher.scan(&Visible::markdown(comment)));
                    }
                });
            });
        }
    }
    group.finish();
}

fn building(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    let entries = entries(100_000);
    for (name, options) in [("all options", Options::ALL), ("no options", Options::default())] {
        group.bench_function(format!("100000 entries, {name}"), |bencher| {
            bencher.iter_batched(|| (), |()| build(&entries, options), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, judging, building);
criterion_main!(benches);
