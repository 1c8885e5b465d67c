using System.Net;
using System.Text;

namespace Patron.Odoo.Client;

/// <summary>Reads the text of Odoo's HTML fields. Nothing of the markup is kept, so the text can be shown anywhere.</summary>
internal static class HtmlText
{
    private static readonly string[] LineBreaks =
        ["br", "p", "div", "li", "tr", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "pre"];
    private static readonly string[] Hidden = ["script", "style"];

    /// <summary>The text with a line for each block, and at most one empty line between two of them.</summary>
    public static string ToPlain(string html)
    {
        var text = new StringBuilder();
        for (var position = 0; position < html.Length;)
        {
            var opening = html.IndexOf('<', position);
            var end = opening < 0 ? html.Length : opening;
            text.Append(html, position, end - position);
            position = end == html.Length ? end : SkipTag(html, opening, text);
        }

        return Tidy(WebUtility.HtmlDecode(text.ToString()));
    }

    private static int SkipTag(string html, int opening, StringBuilder text)
    {
        var closing = html.IndexOf('>', opening);
        if (closing < 0)
        {
            return html.Length;
        }

        var tag = html.AsSpan(opening + 1, closing - opening - 1).TrimStart('/');
        var length = 0;
        while (length < tag.Length && char.IsAsciiLetterOrDigit(tag[length]))
        {
            length++;
        }

        var name = tag[..length].ToString();
        if (LineBreaks.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            text.Append('\n');
        }

        var isHidden = html[opening + 1] != '/' && Hidden.Contains(name, StringComparer.OrdinalIgnoreCase);
        var end = isHidden ? html.IndexOf($"</{name}", closing, StringComparison.OrdinalIgnoreCase) : closing + 1;
        return end < 0 ? html.Length : end;
    }

    private static string Tidy(string text)
    {
        var lines = new List<string>();
        foreach (var line in text.Split('\n').Select(line => line.Replace('\u00a0', ' ').Trim()))
        {
            if (line.Length > 0 || (lines.Count > 0 && lines[^1].Length > 0))
            {
                lines.Add(line);
            }
        }

        return string.Join('\n', lines).TrimEnd();
    }
}
