using System.Globalization;
using System.Text;
using Patron.Erp;
using Patron.ErpFiles;

namespace Patron.UnitTests.ErpFiles;

/// <summary>Reading a folder of files: valid and invalid ones, and files that change during the reading.</summary>
public sealed class FilesConnectorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("patron-test-files-").FullName;

    private FilesConnector Connector => new(new FilesOptions(folder), TimeProvider.System);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Files_are_read_by_name_and_rows_by_line_with_columns_in_any_order()
    {
        Write("b.csv", "name,id\nSecond,2\n");
        Write("A.CSV", "\uFEFFcity,Name,ID,salesman,is_company,is_active,updated_at\r\nHarare,First,ACME Ltd/1,x,yes,0,2026-11-29 08:30:00+02\r\n");
        Write("notes.txt", "no partners");
        Write(".hidden.csv", "not finished");
        var page = Assert.Single(await ReadAsync());
        Assert.Empty(page.Unreadable);
        Assert.Equal(["ACME Ltd/1", "2"], page.Partners.Select(partner => partner.Id));
        Assert.True(page.Partners[0].Rank < page.Partners[1].Rank);
        var first = page.Partners[0];
        Assert.Equal(("First", "Harare", true, false, null), (first.Name, first.City, first.IsCompany, first.IsActive, first.Email));
        Assert.Equal(new DateTimeOffset(2026, 11, 29, 6, 30, 0, TimeSpan.Zero), first.WriteDate);
        Assert.Equal((true, false, null), (page.Partners[1].IsActive, page.Partners[1].IsCompany, page.Partners[1].WriteDate));
        Assert.Equal(2, await Connector.CountAsync(default));
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task Files_are_read_the_same_in_every_culture(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture); // Of this test only: it flows with its calls.
        Write("a.csv", "ID,NAME,IS_COMPANY,UPDATED_AT\n1,First,YES,2024-11-29 08:30:00+02\n2,Second,NO,2024-11-30\n");

        var pages = await ReadAsync();

        var partners = pages.SelectMany(page => page.Partners).ToList();
        Assert.Equal([("1", true, At(29, 6.5)), ("2", false, At(30, 0))], partners.Select(partner => (partner.Id, partner.IsCompany, partner.WriteDate)));
        Assert.Contains("2024-11-30T00:00:00", pages[^1].Cursor, StringComparison.Ordinal);

        static DateTimeOffset? At(int day, double hours) => new DateTimeOffset(2024, 11, day, 0, 0, 0, TimeSpan.Zero).AddHours(hours);
    }

    [Fact]
    public async Task Cells_with_special_characters_are_kept()
    {
        Write("a.csv", "id,name,street,parent_id,language\r\n\"ACME, \"\"West\"\"/2\",\"Line 1\r\nLine 2\",Main Street; and more,,de_DE\r\n\r\n3, Blank \"around\" ,\u0007 ,ACME,\r\n");
        var partners = Assert.Single(await ReadAsync()).Partners;
        Assert.Equal(("ACME, \"West\"/2", "Line 1\r\nLine 2", "Main Street; and more", "de-DE"), (partners[0].Id, partners[0].Name, partners[0].Street, partners[0].Language));
        Assert.Equal(("Blank \"around\"", null, "ACME", false), (partners[1].Name, partners[1].Street, partners[1].ParentId, partners[1].IsOwnCommercialEntity));
        Assert.Equal("ACME, \"West\"/2", Assert.Single((await Connector.ReadAsync(["ACME, \"West\"/2", "gone"], default)).Partners).Id);
        Assert.Equal([["ACME, \"West\"/2", "3"]], await Connector.ReadIdsAsync(default).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("id,name\n1,\n", "no name")]
    [InlineData("id,name\n1, \t\n", "no name")]
    [InlineData("id,name,is_company\n1,A,perhaps\n", "is_company is neither true nor false")]
    [InlineData("id,name,updated_at\n1,A,29/11/2026\n", "updated_at is no date")]
    [InlineData("id,name,updated_at\n1,A,0001-01-01\n", "updated_at is no date")]
    [InlineData("id,name,city\n1,A,Ha\0rare\n", "NUL")]
    public async Task Invalid_row_is_reported_by_id_and_the_others_are_read(string file, string sentence)
    {
        Write("a.csv", file);
        Write("b.csv", "id,name\n2,Good\n");
        var page = Assert.Single(await ReadAsync());
        Assert.Equal("Good", Assert.Single(page.Partners).Name);
        var note = Assert.Single(page.Unreadable);
        Assert.Equal("1", note.PartnerId);
        Assert.Contains(sentence, note.Reason, StringComparison.Ordinal);
        Assert.Equal([note], (await Connector.ReadAsync(["1"], default)).Unreadable);
        Assert.Equal(["1", "2"], (await Connector.ReadIdsAsync(default).ToListAsync(TestContext.Current.CancellationToken)).SelectMany(ids => ids));
    }

    [Fact]
    public async Task Too_long_or_invalid_texts_are_reported_and_the_others_are_read()
    {
        Write("a.csv", $"id,name,city\n1,A,{new string('x', 1024 * 1024)}\n2,B,{new string('x', 100_000)}\n");
        File.WriteAllBytes(Path.Combine(folder, "b.csv"), Encoding.Latin1.GetBytes("id,name\n3,Müller\n"));
        var page = Assert.Single(await ReadAsync());
        Assert.Equal("2", Assert.Single(page.Partners).Id);
        Assert.Equal(
            [("1", "Its city is longer than 100000 characters."), ("3", "Its name is not UTF-8; export the file as UTF-8.")],
            page.Unreadable.Select(note => (note.PartnerId, note.Reason)));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("name\nA\n", "no column id")]
    [InlineData("id,city\n1,A\n", "no column name")]
    [InlineData("id;name\n1;A\n", "semicolons")]
    [InlineData("id,name,ID\n1,A,2\n", "twice")]
    [InlineData("id,name,E-Mail\n1,A,a@x.example\n", "unknown column E-Mail; did you mean email?")]
    [InlineData("id,name\n,A\n", "line 2 of a.csv has no id")]
    [InlineData("id,name\n1,A\n\0,A\n", "line 3 of a.csv has an id with control characters")]
    [InlineData("id,name\n1,A\n2\n", "another number of cells")]
    [InlineData("id,name\n1,A,B\n", "another number of cells")]
    [InlineData("id,name\n1,\"A\n2,B\n", "not closed")]
    [InlineData("id,name\n1,\"A\n2,\"B\"\n", "not closed")]
    public async Task Row_that_hides_a_partner_stops_the_reading(string file, string sentence)
    {
        Write("a.csv", file);
        foreach (var reading in new Func<Task>[] { ReadAsync, () => Connector.CountAsync(default), () => Connector.ReadAsync(["1"], default) })
        {
            Assert.Contains(sentence, (await Assert.ThrowsAsync<ErpException>(reading)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_long_id_and_unclosed_quotation_mark_are_reported()
    {
        Write("a.csv", $"id,name\n{new string('x', 200)},A\n");
        Assert.Single(Assert.Single(await ReadAsync()).Partners);
        Write("a.csv", $"id,name\n{new string('x', 201)},A\n");
        Assert.Contains("more than 200", (await Assert.ThrowsAsync<ErpException>(ReadAsync)).Message, StringComparison.Ordinal);
        Write("a.csv", $"id,name\n1,\"A\n{string.Concat(Enumerable.Range(2, 600_000).Select(id => $"{id},Somebody\n"))}");
        Assert.Contains("line 2 of a.csv is longer than 4 MB", (await Assert.ThrowsAsync<ErpException>(ReadAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_folder_empty_folder_and_unreadable_file_are_reported()
    {
        Assert.Contains("no .csv file", (await Assert.ThrowsAsync<ErpException>(() => Connector.CheckAsync(default))).Message, StringComparison.Ordinal);
        File.CreateSymbolicLink(Path.Combine(folder, "a.csv"), Path.Combine(folder, "nothing"));
        Assert.Contains("a.csv cannot be read", (await Assert.ThrowsAsync<ErpException>(() => Connector.CheckAsync(default))).Message, StringComparison.Ordinal);
        var missing = new FilesConnector(new FilesOptions(Path.Combine(folder, "missing")), TimeProvider.System);
        Assert.Contains("is not there", (await Assert.ThrowsAsync<ErpException>(() => missing.CheckAsync(default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_id_is_reported_until_only_one_row_has_it()
    {
        Write("a.csv", "id,name\n1,One\n2,Two\n1,One again\n");
        Write("b.csv", "id,name\n1,One at last\n3,Three\n");
        var page = Assert.Single(await ReadAsync());
        Assert.Equal(["2", "3"], page.Partners.Select(partner => partner.Id));
        Assert.Equal([new PartnerIssue("1", "Its id is in line 2 of a.csv and again in line 4 of a.csv; only one row may have it.")], page.Unreadable);
        var requests = await Connector.ReadAsync(["1", "2"], default);
        Assert.Equal(["2"], requests.Partners.Select(partner => partner.Id));
        Assert.Equal(["1"], requests.Unreadable.Select(note => note.PartnerId));
    }

    [Fact]
    public async Task Duplicate_export_is_reported()
    {
        foreach (var name in new[] { "monday.csv", "tuesday.csv" })
        {
            Write(name, "id,name\n" + string.Concat(Enumerable.Range(1, 500).Select(id => $"{id},Somebody\n")));
        }

        Assert.Contains("two exports", (await Assert.ThrowsAsync<ErpException>(ReadAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_reading_continues_or_restarts_after_a_change_of_files()
    {
        Write("a.csv", "id,name\n" + string.Concat(Enumerable.Range(1, 1500).Select(id => $"{id},Somebody\n")));
        Write("b.csv", "id,name\n" + string.Concat(Enumerable.Range(1501, 1500).Select(id => $"{id},Somebody\n")));
        var pages = await ReadAsync();
        Assert.Equal([1000, 1000, 1000, 0], pages.Select(page => page.Partners.Count));
        Assert.Equal(Enumerable.Range(1, 3000).Select(id => $"{id}"), pages.SelectMany(page => page.Partners).Select(partner => partner.Id));
        for (var page = 0; page < pages.Count; page++)
        {
            var rest = await ReadAsync(after: pages[page].Cursor);
            Assert.Equal(Enumerable.Range(1, 3000).Skip((page + 1) * 1000).Select(id => $"{id}"), rest.SelectMany(one => one.Partners).Select(partner => partner.Id));
        }

        Write("0.csv", "id,name\nnew,Somebody\n");
        Assert.Equal(3001, (await ReadAsync(after: pages[1].Cursor)).Sum(page => page.Partners.Count));
    }

    [Fact]
    public async Task Incremental_reading_returns_possibly_changed_rows()
    {
        Write("a.csv", """
            id,name,updated_at
            old,A,2026-10-01
            new,B,2026-11-03T12:00:00Z
            day before,C,2026-11-02
            no time,D,
            wrong,E,yesterday
            to come,F,2199-01-01
            """);
        var since = (await ReadAsync())[^1].Cursor!;
        Assert.EndsWith("Z", since, StringComparison.Ordinal);
        Assert.DoesNotContain("2199", since, StringComparison.Ordinal);

        File.AppendAllText(Path.Combine(folder, "a.csv"), $"\nlatest,G,{DateTime.UtcNow:O}");
        var page = Assert.Single(await ReadAsync(since));
        Assert.Equal(["no time", "to come", "latest"], page.Partners.Select(partner => partner.Id));
        Assert.Equal(["wrong"], page.Unreadable.Select(note => note.PartnerId));

        Write("a.csv", "id,name,updated_at\nold,A,2026-10-01\nnew,B,2026-11-03T12:00:00Z\nday before,C,2026-11-03\n");
        since = (await ReadAsync())[^1].Cursor!;
        Assert.Equal(["new", "day before"], Assert.Single(await ReadAsync(since)).Partners.Select(partner => partner.Id));
        Write("a.csv", "id,name\nold,A\nnew,B\n");
        Assert.Equal(["old", "new"], Assert.Single(await ReadAsync(since)).Partners.Select(partner => partner.Id));
    }

    [Fact]
    public async Task Page_of_long_rows_is_limited_in_bytes()
    {
        var cell = new string('x', 90_000);
        Write("a.csv", "id,name,street,street2,city,state,reference,website,phone,email\n" + string.Concat(Enumerable.Range(1, 30).Select(id => $"{id},{string.Join(',', Enumerable.Repeat(cell, 9))}\n")));
        Assert.Equal([11, 11, 8], (await ReadAsync()).Select(page => page.Partners.Count));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private async Task<List<PartnerPage>> ReadAsync() => await ReadAsync(since: null);

    private async Task<List<PartnerPage>> ReadAsync(string? since = null, string? after = null) => await Connector.ReadPagesAsync(since, after, TestContext.Current.CancellationToken).ToListAsync();
}
