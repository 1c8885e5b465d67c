using System.Globalization;
using System.Text;
using Patron.Customers.Matching;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.CommandLine.Duplicates;

/// <summary>A pair in a file: how both are named, their references, the probability, the cluster of both, and the reasons.</summary>
internal sealed record DuplicateRow(
    string CustomerA, string CustomerB, string? ReferenceA, string? ReferenceB, double Score, long? Cluster,
    IReadOnlyList<ComparisonReason> Reasons);

/// <summary>Writes pairs as CSV (RFC 4180). Only the owner may read the file.</summary>
internal sealed class DuplicateCsv : IAsyncDisposable
{
    private readonly StreamWriter writer;

    private DuplicateCsv(Stream stream)
    {
        writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\r\n" };
        writer.WriteLine("customer_a,customer_b,reference_a,reference_b,score,cluster,reasons");
    }

    /// <summary>Creates or replaces the file; <c>-</c> is standard output.</summary>
    public static DuplicateCsv Create(string path) => new(
        path == "-"
            ? Console.OpenStandardOutput()
            : new FileStream(
                path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyPermissions.File }));

    public Task WriteAsync(DuplicateRow row) => writer.WriteLineAsync(CsvText.Line(
        row.CustomerA, row.CustomerB, row.ReferenceA, row.ReferenceB, FormatScore(row.Score),
        row.Cluster?.ToString(CultureInfo.InvariantCulture), string.Join("; ", row.Reasons.Select(reason => reason.Text))));

    public ValueTask DisposeAsync() => writer.DisposeAsync();

    // Enough digits to order pairs that are nearly certain.
    private static string FormatScore(double score) => score.ToString("0.################", CultureInfo.InvariantCulture);
}
