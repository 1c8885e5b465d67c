using Patron.Backups;
using Patron.Shared;

namespace Patron.UnitTests.Backups;

/// <summary>The files of a backup folder that a restore reads, whatever is in them.</summary>
public sealed class BackupLedgerTests : IDisposable
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("patron-ledger-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Empty_folder_knows_no_numbers_and_has_no_list_of_erasures()
    {
        var content = Read();

        Assert.Empty(content.Numbers);
        Assert.Null(content.Erasures);
    }

    [Fact]
    public void Line_that_a_crash_cut_off_is_left_out()
    {
        Write("erasures.txt", $"\n2026-11-30T12:04:18.7147890Z {Hash}\n2026-11-30T12:0\n2026-11-30T12:05:00.0000000Z {Hash[..20]}");

        Assert.Equal([Hash], Read().Erasures!);
    }

    [Theory]
    [InlineData("not-a-date 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("\0\u001b[31m")]
    [InlineData("2026-11-30T12:04:18.7147890Z 0123 4567")]
    public void Damaged_list_of_erasures_is_refused(string line)
    {
        Write("erasures.txt", "\n" + line);

        Assert.Contains("erasures.txt is damaged", Assert.Throws<CannotStartException>(Read).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"customers.customers_id_seq": "7"}""")]
    [InlineData("""{"customers.customers_id_seq": -1}""")]
    [InlineData("""{"customers.customers_id_seq": 9223372036854775807}""")]
    public void Damaged_numbers_are_refused(string json)
    {
        Write("numbers.json", json);

        Assert.Contains("numbers.json is damaged", Assert.Throws<CannotStartException>(Read).Message, StringComparison.Ordinal);
    }

    private LedgerContent Read() => new BackupLedger(folder.FullName).Read();

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(folder.FullName, name), content);
}
