using System.Globalization;
using System.Text;
using Patron.Customers.Import;
using Patron.Shared.Imports;
using Patron.Shared.Secrets;

namespace Patron.CommandLine.Imports;

/// <summary>
/// The file of rejected lines as they came, which can be corrected and imported again. In CSV two columns in front have the line number and
/// the reason; other files have them in a comment above the line. Lines can contain addresses and password hashes, so only the owner may
/// read it.
/// </summary>
internal sealed class RejectsFile : IAsyncDisposable
{
    private readonly FileStream file;
    private char? delimiter;

    /// <summary>Creates the file. If this fails, the exception's message is a sentence for the operator.</summary>
    public RejectsFile(string path) => file = new FileStream(path, new FileStreamOptions
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        Share = FileShare.None, // Fails if it is the file that is being imported.
        UnixCreateMode = OwnerOnlyPermissions.File,
    });

    /// <summary>Writes the first line of a CSV file.</summary>
    public void WriteHeader(ReadOnlyMemory<byte> header)
    {
        delimiter = CsvCells.FindDelimiter(Encoding.UTF8.GetString(header.Span));
        WriteLine(string.Join(delimiter.Value, CustomerCsv.RejectColumns) + delimiter, header);
    }

    public void Write(ImportedLine line, string reason) => WriteLine(
        delimiter is null
            ? $"# line {line.Number}: {reason}\n"
            : string.Create(
                CultureInfo.InvariantCulture, $"{line.Number}{delimiter}\"{reason.Replace("\"", "\"\"", StringComparison.Ordinal)}\"{delimiter}"),
        line.Raw);

    public ValueTask DisposeAsync() => file.DisposeAsync();

    private void WriteLine(string prefix, ReadOnlyMemory<byte> line)
    {
        file.Write(Encoding.UTF8.GetBytes(prefix));
        file.Write(line.Span.TrimEnd("\r\n"u8));
        file.Write("\n"u8);
    }
}
