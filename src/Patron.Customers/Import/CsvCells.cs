namespace Patron.Customers.Import;

/// <summary>Counts the cells of a CSV record without reading it, for messages about records that could not be read.</summary>
public static class CsvCells
{
    private static readonly char[] Delimiters = [',', ';', '\t'];

    /// <summary>The first character outside of quotation marks that can separate cells; a comma if there is only one cell.</summary>
    public static char FindDelimiter(string header) => Unquoted(header).FirstOrDefault(Delimiters.Contains, ',');

    /// <summary>The number of cells of a record.</summary>
    public static int Count(string record, char delimiter) => 1 + Unquoted(record).Count(character => character == delimiter);

    private static IEnumerable<char> Unquoted(string record)
    {
        var isQuoted = false;
        foreach (var character in record)
        {
            isQuoted ^= character == '"';
            if (!isQuoted)
            {
                yield return character;
            }
        }
    }
}
