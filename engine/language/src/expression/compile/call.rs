//! Calls: what binds a name or looks at paths is a form of its own, all else is in the table of
//! functions.

use foldline_core::value::Value;

use super::super::function::{self, FORMS, Function, Takes};
use super::super::kinds::Kinds;
use super::super::node::{Each, Node, Op};
use super::super::pattern::Pattern;
use super::super::tree::{Kind, Name, Tree};
use super::{Compiled, Compiler};
use crate::problem::{Code, Problem, nearest};

impl Compiler<'_> {
    pub(super) fn call(
        &mut self,
        tree: &Tree,
        on: Option<&Tree>,
        name: &Name,
        arguments: &[Tree],
    ) -> Compiled {
        let arguments: Vec<&Tree> = on.into_iter().chain(arguments).collect();
        let each = match &*name.text {
            "has" => return self.has(tree, name, &arguments),
            "coalesce" => return self.coalesce(tree, name, &arguments),
            "matches" => return self.matches(tree, name, &arguments),
            "all" => Each::All,
            "exists" => Each::Exists,
            "exists_one" => Each::ExistsOne,
            "map" => Each::Map,
            "filter" => Each::Filter,
            "sort_by" => Each::SortBy,
            other => match function::named(other) {
                Some(function) => return self.function(tree, name, function, &arguments),
                None => return self.unknown_function(tree, name, &arguments),
            },
        };
        self.each(tree, name, each, &arguments)
    }

    fn function(
        &mut self,
        tree: &Tree,
        name: &Name,
        function: &'static Function,
        arguments: &[&Tree],
    ) -> Compiled {
        let (least, most) = function.count();
        if !(least..=most).contains(&arguments.len()) {
            self.count(name, &function.signature(), arguments);
        }
        let mut nodes = Vec::new();
        for (place, argument) in arguments.iter().enumerate() {
            nodes.push(match function.takes(place) {
                Some(takes) => self.argument(name, takes, argument),
                None => self.compile(argument).node,
            });
        }
        Compiled { node: Node::new(tree.span, Op::Call(function, nodes)), kinds: function.gives }
    }

    /// An argument of the kind that is taken, and right as far as that is known.
    fn argument(&mut self, name: &Name, takes: &Takes, argument: &Tree) -> Node {
        let what = format!("what `{}` takes here", name.text);
        let node = self.compile_as(argument, takes.kinds, &what).node;
        if let Some(Err(stranger)) = node.known().map(|value| takes.check(value)) {
            let problem = Problem::new(Code::BadArgument, argument.span, stranger.what);
            self.problems.push(problem.hint(stranger.hint));
        }
        node
    }

    fn unknown_function(&mut self, tree: &Tree, name: &Name, arguments: &[&Tree]) -> Compiled {
        for argument in arguments {
            self.compile(argument);
        }
        let what = format!("there is no function `{}`", name.text);
        let problem = Problem::new(Code::UnknownFunction, name.span, what);
        let forms = FORMS.iter().map(|form| form.name);
        let known = function::all().map(|function| function.name).chain(forms);
        self.problems.push(match elsewhere(&name.text) {
            Some(hint) => problem.hint(hint),
            None => match nearest(&name.text, known) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem,
            },
        });
        Compiled { node: Node::new(tree.span, Op::Value(Value::Null)), kinds: Kinds::NONE }
    }

    fn count(&mut self, name: &Name, written: &str, arguments: &[&Tree]) {
        // What stands before the name is none between its brackets.
        let before = arguments.iter().filter(|it| it.span.from < name.span.from).count();
        let what = match arguments.len() - before {
            0 => format!("`{}` is given no argument", name.text),
            1 => format!("`{}` is given 1 argument", name.text),
            more => format!("`{}` is given {more} arguments", name.text),
        };
        let problem = Problem::new(Code::ArgumentCount, name.span, what);
        self.problems.push(problem.hint(format!("it is written `{written}`")));
    }

    /// The arguments of a form that takes so many; what is wrong is told.
    fn form_of(&mut self, name: &Name, count: usize, arguments: &[&Tree]) -> bool {
        let right = arguments.len() == count;
        if !right {
            let form = FORMS.iter().find(|form| form.name == &*name.text);
            self.count(name, form.map_or("", |form| form.written), arguments);
        }
        right
    }

    fn has(&mut self, tree: &Tree, name: &Name, arguments: &[&Tree]) -> Compiled {
        let [path] = arguments else {
            self.form_of(name, 1, arguments);
            return nothing(tree, Kinds::NONE);
        };
        if !matches!(path.kind, Kind::Field { .. } | Kind::Index { .. }) {
            let what = "`has` takes a path, as in `has(data.a.b)`";
            self.problem(Code::NoPath, path.span, what);
        }
        let path = self.compile(path).node;
        Compiled { node: Node::new(tree.span, Op::Has(Box::new(path))), kinds: Kinds::BOOL }
    }

    fn coalesce(&mut self, tree: &Tree, name: &Name, arguments: &[&Tree]) -> Compiled {
        if arguments.len() < 2 {
            self.form_of(name, 2, arguments);
        }
        let items: Vec<Compiled> = arguments.iter().map(|item| self.compile(item)).collect();
        let all = items.iter().fold(Kinds::NONE, |kinds, item| kinds.or(item.kinds));
        let surely = items.iter().any(|item| item.is_there() && !item.kinds.may_be(Kinds::NULL));
        let kinds = match all {
            Kinds::NONE => all,
            _ if surely => all.without(Kinds::NULL),
            _ => all.or(Kinds::NULL),
        };
        let nodes = items.into_iter().map(|item| item.node).collect();
        Compiled { node: Node::new(tree.span, Op::Coalesce(nodes)), kinds }
    }

    fn matches(&mut self, tree: &Tree, name: &Name, arguments: &[&Tree]) -> Compiled {
        let [text, pattern] = arguments else {
            self.form_of(name, 2, arguments);
            return nothing(tree, Kinds::NONE);
        };
        let text = self.compile_as(text, Kinds::TEXT, "what a pattern is looked for in");
        let Kind::Value(Value::Text(written)) = &pattern.kind else {
            let what = "a pattern is written out, as in `matches('^a+$')`";
            self.problem(Code::Pattern, pattern.span, what);
            return nothing(tree, Kinds::BOOL);
        };
        match Pattern::read(written) {
            Ok(found) => {
                let op = Op::Matches(Box::new(text.node), found);
                Compiled { node: Node::new(tree.span, op), kinds: Kinds::BOOL }
            }
            Err(error) => {
                let what = format!("this is no pattern: {error}");
                self.problem(Code::Pattern, pattern.span, what);
                nothing(tree, Kinds::BOOL)
            }
        }
    }

    fn each(&mut self, tree: &Tree, name: &Name, each: Each, arguments: &[&Tree]) -> Compiled {
        let (list, bound, parts) = match arguments {
            [list, bound, parts @ ..]
                if parts.len() == 1 || (parts.len() == 2 && each == Each::Map) =>
            {
                (list, bound, parts)
            }
            _ => {
                self.form_of(name, 3, arguments);
                return nothing(tree, Kinds::NONE);
            }
        };
        let takes = Kinds::LIST.or(Kinds::MAP);
        let list = self.compile_as(list, takes, &format!("what `{}` goes over", name.text));
        let local = self.bound(bound);
        self.locals.push((local, Kinds::ANY));
        let mut compiled = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            let is_value = matches!(each, Each::Map | Each::SortBy) && place + 1 == parts.len();
            let part = if is_value {
                self.compile(part)
            } else {
                self.compile_as(part, Kinds::BOOL, "a condition")
            };
            compiled.push(part.node);
        }
        self.locals.pop();
        let kinds = match each {
            Each::All | Each::Exists | Each::ExistsOne => Kinds::BOOL,
            Each::Map | Each::Filter | Each::SortBy => Kinds::LIST,
        };
        let op = Op::Each(each, Box::new(list.node), compiled);
        Compiled { node: Node::new(tree.span, op), kinds }
    }

    /// The name that a form binds: a word that means nothing else here.
    fn bound(&mut self, tree: &Tree) -> Box<str> {
        let Kind::Name(name) = &tree.kind else {
            let what = "a name belongs here, by which each element is called in turn";
            let problem = Problem::new(Code::NoName, tree.span, what);
            let hint = "write a word without quotes: `list.map(x, x.a)`";
            self.problems.push(problem.hint(hint));
            // What is meant by it is no second mistake.
            return match &tree.kind {
                Kind::Value(Value::Text(name)) => name.as_str().into(),
                _ => "".into(),
            };
        };
        let taken = self.names.names.iter().any(|(own, _)| *own == &**name)
            || self.locals.iter().any(|(own, _)| own == name);
        if taken {
            let what = format!("`{name}` means something else here already");
            let problem = Problem::new(Code::NameTaken, tree.span, what);
            self.problems.push(problem.hint("choose another name for the elements"));
        }
        name.clone()
    }
}

/// What stands where something wrong was told.
fn nothing(tree: &Tree, kinds: Kinds) -> Compiled {
    Compiled { node: Node::new(tree.span, Op::Value(Value::Null)), kinds }
}

/// What other languages call a function that is here under another name, or on purpose is not.
pub(super) fn elsewhere(name: &str) -> Option<&'static str> {
    Some(match name {
        "len" | "length" | "lenght" | "count" => "that is `size(x)`",
        "toUpperCase" | "toUpper" | "upperCase" | "upperAscii" | "ucase" => "that is `upper(x)`",
        "toLowerCase" | "toLower" | "lowerCase" | "lowerAscii" | "lcase" => "that is `lower(x)`",
        "str" | "toString" | "to_string" | "text" | "format" => "that is `string(x)`",
        "parseInt" | "toInt" | "integer" | "long" => "that is `int(x)`",
        "double" | "float" | "number" | "parseFloat" | "toNumber" | "uint" => {
            "no number is a float here: that is `decimal(x)`, exact to 38 digits"
        }
        "ifnull" | "nvl" | "default" | "orElse" | "or_else" => "that is `coalesce(x, y)`",
        "now" | "today" | "currentTimeMillis" | "sysdate" | "uuid" | "random" | "rand" => {
            "the same event must give the same document again: use `time`, the event's own"
        }
        "datetime" | "parseDate" | "to_timestamp" | "toDate" => "that is `timestamp(x)`",
        "parse" | "parseJson" | "fromJson" | "from_json" | "JSON" => "that is `json(x)`",
        "toJson" | "stringify" | "json_encode" | "tojson" => "that is `to_json(x)`",
        "type" | "typeof" | "dyn" => "the kind of a value is not asked for; `type` is the event's",
        "mod" => "that is `a % b`",
        "includes" | "indexOf" => "that is `x.contains(y)`",
        "concat" => "that is `a + b`",
        "if" | "iff" | "iif" | "cond" | "ternary" | "switch" | "case" => {
            "a choice is written `condition ? then : otherwise`"
        }
        "has_key" | "hasKey" | "containsKey" | "hasOwnProperty" | "isset" => {
            "that is `has(data.a)`, or `'a' in map`"
        }
        "unique" | "uniq" | "dedup" => "that is `distinct(x)`",
        "first" | "head" => "that is `x[0]`",
        "base64_encode" | "toBase64" => "that is `base64(x)`",
        "base64_decode" | "fromBase64" | "unbase64" => "that is `from_base64(x)`",
        "ceiling" => "that is `ceil(x)`",
        "substr" | "slice" | "mid" | "left" => "that is `substring(x, from, to)`",
        "starts_with" | "begins_with" | "hasPrefix" => "that is `startsWith(x, y)`",
        "ends_with" | "hasSuffix" => "that is `endsWith(x, y)`",
        "strip" => "that is `trim(x)`",
        "avg" | "mean" | "average" => "that is `sum(x) / size(x)`",
        "trunc" | "date_trunc" | "startOf" => "a time is cut by `truncate(time, unit)`",
        "epoch" | "unix" | "toUnix" => "that is `int(x)`, in seconds since 1970",
        "reduce" | "fold" => "`sum`, `min`, `max`, `join` and `size` go over a list",
        _ => return None,
    })
}
