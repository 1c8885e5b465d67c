namespace Patron.Shared.Text;

/// <summary>Writes lines of CSV (RFC 4180) for people, who open them in spreadsheets.</summary>
public static class CsvText
{
    private static readonly char[] Quoted = ['"', ',', '\r', '\n'];

    // OWASP, 'CSV Injection': a spreadsheet takes such a cell for a formula.
    private static readonly char[] Formula = ['=', '+', '-', '@', '\t', '\r'];

    /// <summary>One line without its end. A cell that would be a formula begins with an apostrophe.</summary>
    public static string Line(params IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell));

    private static string Cell(string? text)
    {
        var safe = text is { Length: > 0 } && Array.IndexOf(Formula, text[0]) >= 0 ? $"'{text}" : text ?? "";
        return safe.IndexOfAny(Quoted) < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
