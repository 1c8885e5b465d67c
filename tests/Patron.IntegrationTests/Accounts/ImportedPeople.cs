using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Users;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Accounts;

/// <summary>People of other systems, with hashes of known passwords (made by Python's hashlib and libcrypt).</summary>
internal static class ImportedPeople
{
    /// <summary>A password and its hash for each format.</summary>
    public static IReadOnlyDictionary<string, (string Password, string Hash)> Hashes { get; } = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["django"] = ("rasmuslerdorf", "pbkdf2_sha256$1200$seasalt2$aRKCiPXPkbocM5s09eR6O4N8ltRn0qL1blYZJCGYppw="),
        ["odoo"] = ("rasmuslerdorf", "$pbkdf2-sha512$350$8PHy8/T19vf4.fr7/P3./w$gXROiE6gd0N5zfeoq5YPGETfQopAJkrNcRgJrk0CV/7s64ub4iysfdtzZgX/ypAi6f5YANGvOne9HCuVtVJUIw"),
        ["laravel"] = ("rasmuslerdorf", "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq"),
        ["bcrypt-2a"] = ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ["bcrypt-2b"] = ("Pässwörd", "$2b$04$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS"),
        ["identity-2"] = ("rasmuslerdorf", "APDx8vP09fb3+Pn6+/z9/v9U5SR7USCljWSOmfm0maw53BWzcQsZQl+ZoAj5I2huHg=="),
        ["identity-3"] = ("rasmuslerdorf", "AQAAAAEAACcQAAAAEPDx8vP09fb3+Pn6+/z9/v+PET3NdOIaYY/nfTbaFtD+nnizMJclxMVpLB/f3oKk9Q=="),
        ["shorter-than-ours"] = ("short", "pbkdf2_sha256$10$lig$e9T85HTzheugoEB1mC1tTmOaILziRxOmZsjx4mjWyWs="),
        ["not-normalized"] = ("\uFB01x", "pbkdf2_sha256$10$lig$ZhGDNiRTyxu3L23karKXiRh9rFKWzcYBsY4yrqReVkA="),
    };

    /// <summary>A line of the file; members that are null are omitted.</summary>
    public static string Line(string email, string? hash = null, params (string Name, object? Value)[] members)
    {
        var line = new Dictionary<string, object?>(StringComparer.Ordinal) { ["email"] = email, ["first_name"] = "Jane", ["last_name"] = "Doe" };
        if (hash is not null)
        {
            line["password"] = hash;
        }

        foreach (var (name, value) in members)
        {
            line[name] = value;
        }

        return JsonSerializer.Serialize(line);
    }

    /// <summary>Imports people as <c>patron import users</c> does, inside the server's process, and returns the reported lines.</summary>
    public static async Task<(Result<Unit> Result, IReadOnlyList<ImportedLine> Told)> ImportAsync(
        this PatronApp app, IEnumerable<ImportedAccount> people, bool allOrNothing = false)
    {
        var told = new List<ImportedLine>();
        var lines = people.Select((person, index) => new ImportLine<ImportedAccount>(index + 1, person)).ToAsyncEnumerable();
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<ImportUsers>()
            .HandleAsync(Caller.System(app.Home()), lines, allOrNothing, told.Add, CancellationToken.None);
        return (result, told);
    }
}
