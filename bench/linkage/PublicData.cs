using Patron.Customers.Import;
using Patron.Customers.Matching;

namespace Patron.Linkage;

/// <summary>A file of records with the truth: records of one entity have the same name in <see cref="Truth"/>.</summary>
internal sealed record LabelledRecords(IReadOnlyList<MatchInput> Records, IReadOnlyList<string> Truth);

/// <summary>Reads the public data sets. They have no quotation marks, so a line is split at its commas.</summary>
internal static class PublicData
{
    /// <summary>FEBRL: rec-12-org and rec-12-dup-0 are one person. The social security number is not read.</summary>
    public static LabelledRecords ReadFebrl(string path)
    {
        var rows = Read(path);
        return new LabelledRecords(
            [.. rows.Select(row => new MatchInput
            {
                FirstName = row["given_name"],
                LastName = row["surname"],
                AddressLine1 = $"{row["street_number"]} {row["address_1"]}",
                AddressLine2 = row["address_2"],
                City = row["suburb"],
                PostalCode = row["postcode"],
                State = row["state"],
                DateOfBirth = row["date_of_birth"],
            })],
            [.. rows.Select(row => row["rec_id"].Split('-')[1])]);
    }

    public static LabelledRecords ReadFake(string path)
    {
        var rows = Read(path);
        return new LabelledRecords(
            [.. rows.Select(row => new MatchInput
            {
                FirstName = row["first_name"],
                LastName = row["surname"],
                DateOfBirth = row["dob"],
                City = row["city"],
                Email = row["email"],
            })],
            [.. rows.Select(row => row["cluster"])]);
    }

    /// <summary>Any file whose columns have the names of customer fields; <c>reference</c> names the entity and is not compared.</summary>
    public static async Task<LabelledRecords> ReadLabelledAsync(string path)
    {
        await using var stream = File.OpenRead(path);
        var file = await MatchFile.ReadAsync(stream, CsvColumns.AsNamed, CancellationToken.None);
        return new LabelledRecords(file.Inputs, [.. Enumerable.Range(0, file.Inputs.Count).Select(file.ReferenceOf)]);
    }

    private static List<Dictionary<string, string>> Read(string path)
    {
        var lines = File.ReadLines(path).Select(line => line.Split(',').Select(cell => cell.Trim()).ToArray()).ToList();
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(StringComparer.Ordinal))];
    }

    private static Dictionary<string, string> ToDictionary(this IEnumerable<(string Name, string Value)> cells, StringComparer comparer) =>
        cells.ToDictionary(cell => cell.Name, cell => cell.Value, comparer);
}
