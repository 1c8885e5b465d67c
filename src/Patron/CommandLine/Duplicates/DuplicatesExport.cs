using System.Globalization;
using System.Text;
using Patron.Customers.Duplicates;
using Patron.Shared.Secrets;

namespace Patron.CommandLine.Duplicates;

/// <summary>Writes all pairs of a scan as CSV. Only the owner may read the file, because reasons contain names.</summary>
internal static class DuplicatesExport
{
    private const string Header = "customer_a,customer_b,reference_a,reference_b,score,cluster,reasons";

    public static async Task WriteAsync(string path, ScanResult result, MatchFile records, CancellationToken cancellationToken)
    {
        await using var file = new StreamWriter(
            path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyPermissions.File });
        await file.WriteLineAsync(Header.AsMemory(), cancellationToken);
        foreach (var pair in result.Pairs.OrderByDescending(pair => pair.Probability))
        {
            var reasons = string.Join("; ", result.ReasonsOf(pair).Select(reason => reason.Text));
            string[] cells =
            [
                records.NameOf(pair.Left), records.NameOf(pair.Right), records.ReferenceOf(pair.Left), records.ReferenceOf(pair.Right),
                FormatScore(pair.Probability), pair.Cluster?.ToString(CultureInfo.InvariantCulture) ?? "", reasons,
            ];
            await file.WriteLineAsync(string.Join(',', cells.Select(Quote)).AsMemory(), cancellationToken);
        }
    }

    // Enough digits to order pairs that are nearly certain.
    internal static string FormatScore(double probability) => probability.ToString("0.################", CultureInfo.InvariantCulture);

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
