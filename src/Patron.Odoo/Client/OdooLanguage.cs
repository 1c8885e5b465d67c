using System.Text.RegularExpressions;

namespace Patron.Odoo.Client;

/// <summary>Odoo's names of languages as tags of BCP 47: <c>de_DE</c> is <c>de-DE</c>, <c>sr@latin</c> is <c>sr-Latn</c>.</summary>
internal static partial class OdooLanguage
{
    private const int ScriptLength = 4;

    /// <summary>Null for what is no such name.</summary>
    public static string? Read(string? name)
    {
        if (name is null || Name().Match(name) is not { Success: true } match)
        {
            return null;
        }

        var modifier = match.Groups["modifier"].Value;
        var script = modifier == "latin" ? "Latn" : modifier.Length == ScriptLength ? modifier : "";
        return string.Join('-', new[] { match.Groups["language"].Value, script, match.Groups["region"].Value }.Where(part => part.Length > 0));
    }

    [GeneratedRegex("^(?<language>[a-z]{2,3})(_(?<region>[A-Z]{2}|[0-9]{3}))?(@(?<modifier>[A-Za-z]{1,8}))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Name();
}
