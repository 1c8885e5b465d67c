using System.Globalization;
using System.Net;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>
/// The 5 000 fictitious people of FEBRL's data set 3 with their typing errors: created through the API and read from the paged list. The
/// license does not allow to copy the data set into the project; the test runs where it lies next to it.
/// </summary>
public sealed class FebrlTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Rows = 5_000;
    private const int Concurrency = 4;
    private const int PageSize = 1_000;

    [Fact]
    public async Task Five_thousand_created_people_are_listed_exactly_once()
    {
        var file = Find("../shared/data/linkage/febrl3.csv");
        Assert.SkipWhen(file is null, "The FEBRL people (shared/data/linkage/febrl3.csv) do not lie beside the project.");
        var staff = await app.SomeStaffAsync();
        var people = File.ReadLines(file!).Skip(1).Select(Row.Parse).ToList();
        Assert.Equal(Rows, people.Count);

        var entered = new System.Collections.Concurrent.ConcurrentBag<string>();
        var refused = 0;
        await Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (person, _) =>
        {
            var response = await app.PostCustomerAsync(staff, person.Request);
            if (person.Refused.Length == 0)
            {
                await response.ShouldBeAsync(HttpStatusCode.Created);
                entered.Add(person.Email);
            }
            else
            {
                await response.ShouldRefuseAsync(person.Refused);
                Interlocked.Increment(ref refused);
            }
        });
        Assert.Equal(Rows, entered.Count + refused);
        Assert.InRange(refused, 1, Rows / 10);

        var listed = await ListAsync(staff, entered.Count);
        Assert.Equal(entered.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private async Task<List<string>> ListAsync(Person staff, int total)
    {
        var listed = new List<string>();
        for (var next = $"{Api}?limit={PageSize}"; next is not null;)
        {
            var response = await app.Customers.SendAsync(HttpMethod.Get, next, staff);
            listed.AddRange((await response.ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(customer => customer.Text("email")!));
            Assert.Equal(total.ToString(CultureInfo.InvariantCulture), response.Headers.GetValues("X-Total-Count").Single());
            next = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }

        return listed;
    }

    // Next to the folder that contains the project.
    private static string? Find(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Patron.slnx")))
            {
                var file = Path.GetFullPath(Path.Combine(folder.FullName, relative));
                return File.Exists(file) ? file : null;
            }
        }

        return null;
    }

    /// <summary>A row as a request, and the fields that must be refused: a missing name, an invalid birth date.</summary>
    private sealed record Row(string Email, Dictionary<string, object?> Request, string[] Refused)
    {
        public static Row Parse(string line)
        {
            var cells = line.Split(',', StringSplitOptions.TrimEntries);
            var (first, last, born) = (cells[1], cells[2], cells[9]);
            var email = cells[0] + "@febrl.example";
            var request = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["first_name"] = first, ["last_name"] = last, ["email"] = email, ["address_line1"] = $"{cells[3]} {cells[4]}", ["address_line2"] = cells[5],
                ["city"] = cells[6], ["postal_code"] = cells[7], ["state"] = cells[8], ["country"] = "Australia",
                ["date_of_birth"] = born.Length == 0 ? null : $"{born[..4]}-{born[4..6]}-{born[6..]}",
            };
            var isDate = born.Length == 0 || DateOnly.TryParseExact(born, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
            var missing = new[] { ("first_name", first), ("last_name", last) }.Where(name => name.Item2.Length == 0).Select(name => name.Item1);
            string[] refused = [.. missing, .. isDate ? Array.Empty<string>() : ["date_of_birth"]];
            return new Row(email, request, refused);
        }
    }
}
