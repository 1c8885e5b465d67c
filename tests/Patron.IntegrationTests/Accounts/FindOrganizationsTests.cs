using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Organizations;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Accounts;

/// <summary>Administrators find organizations by their names, however many there are.</summary>
public sealed class FindOrganizationsTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Many = 100_000;

    [Fact]
    public async Task Words_match_anywhere_in_any_order_and_short_ones_the_beginning_of_a_word()
    {
        var word = await AddAsync("Müller & Söhne {0} GmbH", "O'Brien {0} Ltd", "{0} Ax Tools");
        Assert.Equal([$"Müller & Söhne {word} GmbH"], await NamesAsync($"{word} muller sohne"));
        Assert.Equal([$"O'Brien {word} Ltd"], await NamesAsync($"obrien {word}"));
        Assert.Equal([$"{word} Ax Tools"], await NamesAsync($"{word} ax"));
        Assert.Empty(await NamesAsync($"{word} x"));
        Assert.Empty(await NamesAsync("%_%nothing has this"));
    }

    [Fact]
    public async Task Pages_follow_by_number_without_gaps()
    {
        var word = await AddAsync("First {0}", "Second {0}", "Third {0}");
        var (names, after) = (new List<string>(), 0L);
        for (long? next = 0; next is { } number;)
        {
            var page = await FindAsync(word, number, limit: 2);
            names.AddRange(page.Rows.Select(row => row.Name));
            (next, after) = (page.Next, Math.Max(after, page.Next ?? 0));
        }

        Assert.Equal([$"First {word}", $"Second {word}", $"Third {word}"], names);
        Assert.True(after > 0);
    }

    [Fact]
    public async Task A_word_is_found_by_the_index_among_many()
    {
        var word = await AddAsync("Needle {0}");
        await app.AccountsSqlAsync<long>(
            $"""
            WITH added AS (
                INSERT INTO accounts.organizations (id, name, created_at, updated_at)
                SELECT gen_random_uuid(), 'Company ' || md5(n::text), now(), now() FROM generate_series(1, {Many}) n RETURNING 1)
            SELECT count(*) FROM added
            """);
        await Eventually.BecomeTrueAsync(async () => await app.AccountsSqlAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('accounts.ix_organizations_name') AND indisvalid)"));
        await app.AccountsSqlAsync<object>("ANALYZE accounts.organizations");

        var plan = await app.AccountsSqlAsync<string>(
            $"""
            EXPLAIN (FORMAT JSON) SELECT number FROM accounts.organizations o
            WHERE o.number > 0 AND (' ' || shared.search_fold(o.name)) LIKE '%' || shared.search_plain('{word}') || '%' ORDER BY number LIMIT 51
            """);
        Assert.Contains("ix_organizations_name", plan, StringComparison.Ordinal);
        Assert.Equal([$"Needle {word}"], await NamesAsync(word));
    }

    [Fact]
    public async Task Summary_counts_members_by_role_and_is_for_administrators()
    {
        var number = await app.AccountsSqlAsync<long>("SELECT number FROM accounts.organizations WHERE is_home");
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var summarize = scope.ServiceProvider.GetRequiredService<SummarizeOrganization>();
        var before = (await summarize.HandleAsync(Caller.System(app.Home()), number, CancellationToken.None)).Value;
        await app.RegisterAsync();
        var after = (await summarize.HandleAsync(Caller.System(app.Home()), number, CancellationToken.None)).Value;
        Assert.Equal(
            before.Members.GetValueOrDefault(OrganizationRole.Customer) + 1, after.Members.GetValueOrDefault(OrganizationRole.Customer));

        var staff = Caller.System(app.Home()) with
        {
            IsAdmin = false, UserId = Guid.NewGuid(), Memberships = [new Membership(app.Home(), number, OrganizationRole.Vendor)],
        };
        Assert.Equal("admin_required", (await summarize.HandleAsync(staff, number, CancellationToken.None)).Error?.Code);
        var find = scope.ServiceProvider.GetRequiredService<FindOrganizations>();
        Assert.Equal("admin_required", (await find.HandleAsync(staff, null, 0, 1, CancellationToken.None)).Error?.Code);
        var unknown = await summarize.HandleAsync(Caller.System(app.Home()), long.MaxValue, CancellationToken.None);
        Assert.Equal("organization_not_found", unknown.Error?.Code);
    }

    // Organizations with a word of their own, by which a test finds only them.
    private async Task<string> AddAsync(params string[] names)
    {
        var word = $"w{Guid.NewGuid():N}"[..12];
        foreach (var name in names)
        {
            await app.AccountsSqlAsync<long>(
                "INSERT INTO accounts.organizations (id, name, created_at, updated_at) VALUES (gen_random_uuid(), $1, now(), now()) RETURNING number",
                string.Format(System.Globalization.CultureInfo.InvariantCulture, name, word));
        }

        return word;
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string search) =>
        [.. (await FindAsync(search, after: 0, limit: 50)).Rows.Select(row => row.Name)];

    private async Task<FoundOrganizations> FindAsync(string search, long after, int limit)
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<FindOrganizations>()
            .HandleAsync(Caller.System(app.Home()), search, after, limit, CancellationToken.None);
        return found.Value;
    }
}
