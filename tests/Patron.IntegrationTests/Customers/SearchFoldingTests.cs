using System.Net;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Text;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>
/// Search finds what people type: words in any order, without diacritics, with any separators, phones in national and international form.
/// </summary>
public sealed class SearchFoldingTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData("John", "Smith", "smith john")]
    [InlineData("John", "Smith", "Smith, John")]
    [InlineData("John", "Smith", "  john \u00a0\u3000 smith ")]
    [InlineData("John", "Smith", "smit ohn")]
    [InlineData("John", "Smith", "smith j")] // A short word matches the beginning of a word.
    [InlineData("Mary  Jane", "Poppins", "mary jane")]
    [InlineData("Mary Ann", "Bow", "ry an")]
    [InlineData("Conan", "O'Brien", "O’Brien")]
    [InlineData("Conan", "O’Brien", "O'Brien")]
    [InlineData("Conan", "O´Brien", "obrien")]
    [InlineData("Conan", "OBrien", "O`Brien")]
    [InlineData("Conan", "O’Brien", "brien")]
    [InlineData("Conan", "O’Brien", "br")]
    [InlineData("Vicco", "Müller-Lüdenscheidt", "Müller Lüdenscheidt")]
    [InlineData("Vicco", "Müller–Lüdenscheidt", "lüdenscheidt-müller")]
    [InlineData("Jean-Luc", "Picard", "jeanluc")]
    [InlineData("Jean-Luc", "Picard", "jean-luc pic")]
    [InlineData("Søren", "Ærøskøbing", "soren aeroskobing")]
    [InlineData("Łukasz", "Żółć", "lukasz zolc")]
    [InlineData("Đorđe", "Ħaż-Żebbuġ", "dorde haz zebbug")]
    [InlineData("Ŧor", "Strauß", "tor strauss")]
    [InlineData("Tor", "STRAUẞ", "strauß")]
    [InlineData("Þór", "Guðmundsson", "thor gudmundsson")]
    [InlineData("Işık", "İnönü", "isik inonu")]
    [InlineData("Zo\u200be", "Zero", "zoe")]
    [InlineData("Zoe", "Zero", "zo\u00ade")]
    [InlineData("محمّد", "عليّ", "محمد علي")]
    public async Task Name_is_found_as_typed(string first, string last, string query)
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var created = await CreateAsync(staff, first, last);
        await CreateAsync(staff, "Somebody", "Else");

        Assert.Equal([created.Id()], await FindAsync(staff, new { query }));
    }

    [Theory]
    [InlineData("030 1234567", "+49 30 1234567")]
    [InlineData("+49 30 1234567", "030 1234567")]
    [InlineData("+49 30 1234567", "030/12345-67")]
    [InlineData("0049301234567", "(030) 123 45 67")]
    [InlineData("+1 (555) 010-7777", "555-0107777")]
    [InlineData("030 123-4567 ext. 12", "+49301234567")]
    [InlineData("030 12 34 567", "0123")] // Part of the number, with any separators.
    [InlineData("030-12-34-567", "1 2.3")]
    [InlineData("030-12-34-567", "30-12-34")] // As entered.
    public async Task Phone_is_found_in_national_and_international_form(string phone, string query)
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var created = await CreateAsync(staff, "Pho", "Ned", phone);
        await CreateAsync(staff, "Somebody", "Else", "+49 40 7654321");

        Assert.Equal([created.Id()], await FindAsync(staff, new { query }));
        Assert.Equal([created.Id()], await FindAsync(staff, new { phone = query }));
    }

    [Fact]
    public async Task Single_fields_and_changed_names_are_searched_folded()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var created = await CreateAsync(staff, "Jørgen", "O’Hara", company: "Smith–Wesson & Söhne, Straßenbau");

        foreach (var wanted in new object[]
            { new { first_name = "jorgen" }, new { last_name = "ohara" }, new { last_name = "O'Hara" }, new { company_name = "strassenbau" }, new { company_name = "smith wesson" } })
        {
            Assert.Equal([created.Id()], await FindAsync(staff, wanted));
        }

        await (await app.PutCustomerAsync(staff, created.Id(), new { last_name = "D'Arcy", company_name = "Łódź Ltd" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal([created.Id()], await FindAsync(staff, new { query = "darcy lodz" }));
        Assert.Empty(await FindAsync(staff, new { query = "strassenbau" })); // The username does not change.
        Assert.Empty(await FindAsync(staff, new { first_name = "darcy" }));
    }

    [Fact]
    public async Task Tags_are_compared_without_case_and_shown_as_entered()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var one = await CreateAsync(staff, "Tag", "One", tags: "VIP,Größe-L");
        var two = await CreateAsync(staff, "Tag", "Two", tags: "vip");
        await CreateAsync(staff, "Tag", "Three", tags: "vi,p");

        Assert.Equal([two.Id(), one.Id()], await FindAsync(staff, new { tags = "Vip" }));
        Assert.Equal([one.Id()], await FindAsync(staff, new { tags = "GRÖSSE-L,größe-l" }));
        var list = await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}tags/vip,GRÖßE-L?match=all", staff)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("VIP,Größe-L", Assert.Single(list.EnumerateArray()).Text("tags"));
    }

    [Fact]
    public async Task Accounts_are_found_like_customers()
    {
        var (owner, organization) = await app.OwnerAsync();
        var member = await app.RegisterAsync(firstName: "Bjørn", lastName: "O’Neil-Strauß");
        await app.MakeMemberAsync(member.Email, OrganizationRole.Customer, organization);

        foreach (var query in new[] { "oneil bjorn", "strauss, bjørn", "O'Neil", "neil s" })
        {
            var found = await (await app.PostAsync("accounts/search/", new { query }, owner, ("X-Organization", organization.ToString()))).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(member.Id, Assert.Single(found.GetProperty("ids").EnumerateArray()).GetGuid());
        }
    }

    [Fact]
    public async Task Database_and_program_split_words_alike()
    {
        await using var connection = new NpgsqlConnection(app.Customers.ConnectionString);
        await connection.OpenAsync();
        // Every character that either side may have a rule for, between two letters.
        var texts = Enumerable.Range(1, 0xFFFD).Concat(Enumerable.Range(0xE0000, 0x1F0)).Where(code => code is not ('\n' or (>= 0xD800 and <= 0xDFFF) or (>= 0xFDD0 and <= 0xFDEF)))
            .Select(code => $"a{char.ConvertFromUtf32(code)}b").ToList();
        texts.AddRange(Gen.Sample(ArbMap.Default.GeneratorFor<NonNull<string>>(), 500).Select(text => InputText.Clean(text.Get).Replace("\0", "", StringComparison.Ordinal).Replace('\n', ' ')));
        await using var command = new NpgsqlCommand(
            """
            SELECT given.text, btrim(shared.search_fold(given.text)), coalesce((SELECT string_agg(btrim(shared.search_fold(word)), ' ') FROM unnest(string_to_array(nullif(given.words, ''), E'\n')) word), '')
            FROM unnest($1, $2) AS given (text, words)
            """, connection)
        {
            Parameters = { new() { Value = texts.ToArray() }, new() { Value = texts.Select(text => string.Join('\n', SearchText.Words(text))).ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var differing = new List<string>();
        while (await reader.ReadAsync())
        {
            if (reader.GetString(1) != reader.GetString(2))
            {
                differing.Add(string.Join(' ', reader.GetString(0).Select(character => $"{(int)character:X4}")));
            }
        }

        Assert.Empty(differing);
    }

    private Task<JsonElement> CreateAsync(Person staff, string first, string last, string? phone = null, string? company = null, string? tags = null) =>
        app.CreateCustomerAsync(staff, new { first_name = first, last_name = last, email = Intents.NewEmail("folded"), phone, company_name = company, tags });

    private async Task<IEnumerable<string>> FindAsync(Person staff, object search)
    {
        var found = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, search)).ShouldBeAsync(HttpStatusCode.OK);
        return [.. found.GetProperty("customers").EnumerateArray().Select(customer => customer.Id())];
    }
}
