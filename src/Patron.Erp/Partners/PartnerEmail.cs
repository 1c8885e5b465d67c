using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>
/// Reads the address field of a partner, where people write what they like: several addresses, names around them, blanks, links, a full stop at the
/// end. The first valid address counts (contract, 'Sync').
/// </summary>
internal static class PartnerEmail
{
    private const string MailLink = "mailto:";

    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    /// <summary>Null where none is valid.</summary>
    public static EmailAddress? Read(string? field) => field is null ? null : Candidates(field)
        .Select(candidate => EmailAddress.TryParse(Bare(candidate), out var address) ? address : null)
        .FirstOrDefault(address => address is not null);

    // No domain ends with a full stop here: it is the sentence's.
    private static string Bare(string candidate)
    {
        var text = candidate.Trim();
        return (text.StartsWith(MailLink, StringComparison.OrdinalIgnoreCase) ? Linked(text[MailLink.Length..]) : text).TrimEnd('.');
    }

    // RFC 6068: behind the address may stand what the mail is to say, and signs may be written by their codes.
    private static string Linked(string link) => Uri.UnescapeDataString(link.Split('?', 2)[0]);

    // "Name, Inc." <a@b.example>, c@d.example: what stands in angle brackets is an address, what stands in quotes is not.
    private static IEnumerable<string> Candidates(string field)
    {
        var rest = 0;
        var (lastAngle, lastQuote) = (field.LastIndexOf('>'), field.LastIndexOf('"')); // Else each bracket that is never closed would be looked for to the end.
        while (rest < field.Length)
        {
            var open = field.IndexOfAny(['<', '"'], rest);
            var plain = open < 0 ? field[rest..] : field[rest..open];
            foreach (var word in plain.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
            {
                yield return word;
            }

            if (open < 0)
            {
                yield break;
            }

            var close = open >= (field[open] == '<' ? lastAngle : lastQuote) ? -1 : field.IndexOf(field[open] == '<' ? '>' : '"', open + 1);
            if (close < 0)
            {
                rest = open + 1;
            }
            else
            {
                if (field[open] == '<')
                {
                    yield return field[(open + 1)..close];
                }

                rest = close + 1;
            }
        }
    }
}
