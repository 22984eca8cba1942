//! Prometheus text format 0.0.4, from the text of `OpenMetrics` 1.0, which is the only one that the metrics library writes.
//!
//! The formats differ in the metadata of counters and infos, whose samples have a suffix that the older format counts as part
//! of the name.

use std::fmt::Write;

/// The same metrics in the older format.
pub(super) fn from_open_metrics(text: &str) -> String {
    let mut converted = String::with_capacity(text.len());
    let mut help = None;
    for line in text.lines() {
        if let Some(described) = line.strip_prefix("# HELP ") {
            // Written once the type is known.
            help = described.split_once(' ');
        } else if let Some((name, kind)) = metadata(line, "# TYPE ") {
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                "unknown" => ("", "untyped"),
                kind => ("", kind),
            };
            if let Some((_, text)) = help.take() {
                // Only backslashes and line breaks are escaped.
                let text = text.replace("\\\"", "\"");
                let _ = writeln!(converted, "# HELP {name}{suffix} {text}");
            }
            let _ = writeln!(converted, "# TYPE {name}{suffix} {kind}");
        } else if !line.starts_with('#') {
            converted.push_str(line);
            converted.push('\n');
        }
    }
    converted
}

fn metadata<'l>(line: &'l str, keyword: &str) -> Option<(&'l str, &'l str)> {
    line.strip_prefix(keyword)?.split_once(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_have_the_names_and_types_of_the_older_format() {
        let text = "# HELP a_build The \\\"version\\\".\n# TYPE a_build info\na_build_info{version=\"1\"} 1\n\
            # HELP a_hits Hits.\n# TYPE a_hits counter\na_hits_total 2\n\
            # HELP a_time_seconds Time.\n# TYPE a_time_seconds histogram\n# UNIT a_time_seconds seconds\n\
            a_time_seconds_bucket{le=\"+Inf\"} 3\n# EOF\n";
        let expected = "# HELP a_build_info The \"version\".\n# TYPE a_build_info gauge\na_build_info{version=\"1\"} 1\n\
            # HELP a_hits_total Hits.\n# TYPE a_hits_total counter\na_hits_total 2\n\
            # HELP a_time_seconds Time.\n# TYPE a_time_seconds histogram\n\
            a_time_seconds_bucket{le=\"+Inf\"} 3\n";
        assert_eq!(from_open_metrics(text), expected);
    }
}
