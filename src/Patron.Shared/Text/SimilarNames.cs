namespace Patron.Shared.Text;

/// <summary>Finds the name that was probably meant by a misspelt one.</summary>
public static class SimilarNames
{
    private const int MaxEdits = 2;
    private const int MinLength = 3;
    private const int MaxLength = 64;

    /// <summary>The candidate with the fewest edits: at most two, and fewer than half of the letters. Null if there is none.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length is < MinLength or > MaxLength)
        {
            return null;
        }

        var maxEdits = Math.Min(MaxEdits, (name.Length - 1) / 2);
        return candidates.Where(candidate => Math.Abs(candidate.Length - name.Length) <= maxEdits)
            .Select(candidate => (Name: candidate, Edits: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(match => match.Edits <= maxEdits).OrderBy(match => match.Edits).Select(match => match.Name).FirstOrDefault();
    }

    /// <summary>The same for names of columns: one that differs only in case, blanks and signs is meant first (<c>E-Mail</c>).</summary>
    public static string? FindColumn(string name, IReadOnlyCollection<string> candidates) =>
        candidates.FirstOrDefault(candidate => Letters(candidate) == Letters(name)) ?? Find(name, candidates);

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    // Levenshtein distance.
    private static int Distance(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var replaced = diagonal + (first[i - 1] == second[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[second.Length];
    }
}
