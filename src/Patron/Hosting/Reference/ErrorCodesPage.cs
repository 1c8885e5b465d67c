using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Patron.Hosting.Reference;

/// <summary>The page <c>/docs/errors</c>: the codes of <c>docs/errors.md</c>, each with an anchor of its name.</summary>
internal static partial class ErrorCodesPage
{
    public static string Create(string markdown)
    {
        var rows = new StringBuilder();
        foreach (Match row in Row().Matches(markdown))
        {
            var (code, status, meaning) = (row.Groups["code"].Value, row.Groups["status"].Value, row.Groups["meaning"].Value);
            rows.Append($"<tr id=\"{code}\"><td><code>{code}</code></td><td>{status}</td><td>{Text(meaning)}</td></tr>\n");
        }

        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Error codes - Patron API</title><link rel="stylesheet" href="reference.css"><link rel="icon" href="favicon-32x32.png">
            </head>
            <body><main class="errors">
            <p><a href="index.html">API reference</a></p>
            <h1>Error codes</h1>
            <p>Every error has a <code>code</code> for programs, which never changes its meaning, and a <code>detail</code>, a sentence for
            people. Treat an unknown code by its status. Quote the <code>request_id</code> when you ask for help.</p>
            <table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>
            {rows}</tbody></table>
            </main></body>
            </html>
            """;
    }

    // Text in backquotes is code.
    private static string Text(string markdown) => Code().Replace(WebUtility.HtmlEncode(markdown), "<code>$1</code>");

    [GeneratedRegex(@"^\| `(?<code>[a-z_0-9]+)` \| (?<status>[0-9, ]+) \| (?<meaning>.*) \|\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`", RegexOptions.None, 1000)]
    private static partial Regex Code();
}
