//! Reads the contract of a port: the bullets of its file's opening that say MUST, and the tests
//! that they name.

/// What is wrong with how a port's contract and its suite stand to each other.
pub fn disagreements(source: &str, tests: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut promised = Vec::new();
    for bullet in bullets(source).iter().filter(|bullet| bullet.contains("MUST")) {
        let names = names(bullet);
        if names.is_empty() {
            problems.push(format!("no test is named by: {bullet}"));
        }
        promised.extend(names);
    }
    for name in &promised {
        if !tests.contains(&name.as_str()) {
            problems.push(format!("`{name}` is promised, and no test has that name"));
        }
    }
    for test in tests {
        match promised.iter().filter(|name| name == test).count() {
            1 => {}
            0 => problems.push(format!("the test `{test}` holds no MUST line")),
            _ => problems.push(format!("`{test}` is named by two MUST lines")),
        }
    }
    problems
}

/// The bullets of a file's opening, each on one line.
fn bullets(source: &str) -> Vec<String> {
    let mut bullets: Vec<String> = Vec::new();
    let mut open = false;
    for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
        let text = line.trim();
        if let Some(first) = text.strip_prefix("* ") {
            bullets.push(first.to_owned());
            open = true;
        } else if text.is_empty() {
            open = false;
        } else if let Some(last) = bullets.last_mut().filter(|_| open) {
            last.push(' ');
            last.push_str(text);
        }
    }
    bullets
}

/// The names that stand as (`name`).
fn names(bullet: &str) -> Vec<String> {
    let after = bullet.split("(`").skip(1);
    after.filter_map(|rest| Some(rest.split_once("`)")?.0.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, tests: &[&str], problems: &[&str]) {
        assert_eq!(disagreements(source, tests), problems);
    }

    #[test]
    fn each_line_names_its_test() {
        check("//! * It MUST go on\n//!   (`it_goes_on`).\n", &["it_goes_on"], &[]);
        check("//! * A MUST (`a_a`), and b MUST (`b_b`).\n", &["a_a", "b_b"], &[]);
        check("//! MUST is a word.\n//!\n//! * May (`x`).\n", &[], &[]);
    }

    #[test]
    fn what_does_not_meet_is_told() {
        check("//! * It MUST.\n", &[], &["no test is named by: It MUST."]);
        check("//! * It MUST (`a`).\n", &[], &["`a` is promised, and no test has that name"]);
        check("//! Nothing.\n", &["a"], &["the test `a` holds no MUST line"]);
        check(
            "//! * MUST (`a`).\n//! * MUST (`a`).\n",
            &["a"],
            &["`a` is named by two MUST lines"],
        );
    }
}
