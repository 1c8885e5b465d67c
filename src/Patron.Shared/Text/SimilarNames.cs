namespace Patron.Shared.Text;

/// <summary>What somebody probably meant who wrote a name that does not exist.</summary>
public static class SimilarNames
{
    private const int MostEdits = 2;
    private const int Shortest = 3;
    private const int Longest = 64;

    /// <summary>The known name that is nearest to the one given, at most two letters away and less than half of it; null where none is.</summary>
    public static string? Find(string given, IEnumerable<string> known)
    {
        if (given.Length is < Shortest or > Longest)
        {
            return null;
        }

        var most = Math.Min(MostEdits, (given.Length - 1) / 2);
        return known.Where(name => Math.Abs(name.Length - given.Length) <= most)
            .Select(name => (Name: name, Edits: Distance(given.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(one => one.Edits <= most).OrderBy(one => one.Edits).Select(one => one.Name).FirstOrDefault();
    }

    // Letters to insert, delete or replace (Levenshtein).
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[other.Length];
    }
}
