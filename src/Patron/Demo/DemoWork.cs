using Microsoft.AspNetCore.Identity;
using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Comments;
using Patron.Customers.Customers;
using Patron.Customers.Duplicates;
using Patron.Customers.Jobs;
using Patron.Customers.Links;
using Patron.Customers.Merges;
using Patron.Customers.Search;
using Patron.Customers.Segments;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Imports;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Demo;

/// <summary>
/// What people did in the demo company, by the use cases that they would have used: accounts, changes, comments, bulk changes, segments,
/// duplicates, a merge, an offer and change requests. A step that was done before an interrupted start is not repeated.
/// </summary>
internal sealed class DemoWork(IServiceProvider services, Guid home)
{
    public const string MariaEmail = "maria@demo.example";
    private const string BenEmail = "ben@demo.example";
    private const string LenaEmail = "lena@demo.example";
    private static readonly string[] Districts = ["Riverside", "Old Town", "Harbour", "Garden City"];

    private static readonly string[] Comments =
    [
        "Called back: the delivery arrived. Thanks us for the quick answer.", "Wants an offer for twelve desks by the end of the month.",
        "Prefers invoices by post.", "Met at the fair. Send the new catalogue.", "Moved to the second floor; ring at the side door.",
        "Asked about the maintenance contract. Ben takes over.", "Pays late every spring, always pays.", "Birthday card sent.",
    ];

    private Guid Maria { get; set; }

    private Guid Ben { get; set; }

    /// <summary>Accounts of customers and of two colleagues.</summary>
    public async Task AddAccountsAsync(CancellationToken cancellationToken)
    {
        var hash = new PasswordHasher<object>().HashPassword(this, DemoSettings.CustomerPassword);
        var customers = DemoPartners.Shared.Where(number => number % 2 == 1 && !DemoPerson.IsCompany(number)).Select(number =>
            Account(DemoPerson.Email(number), DemoPerson.FirstName(number), DemoPerson.LastName(number), isProven: true));
        var people = customers.Append(Account(MariaEmail, "Maria", "Sommer", true)).Append(Account(BenEmail, "Ben", "Carter", true))
            .Append(Account(LenaEmail, "Lena", "Vogel", false));
        await RunAsync(async provider => (await provider.GetRequiredService<ImportUsers>().HandleAsync(
            Caller.System(home), people.Select((person, place) => new ImportLine<ImportedAccount>(place + 1, person)).ToAsyncEnumerable(),
            allOrNothing: false, _ => { }, cancellationToken)).Error);
        foreach (var (email, role) in new[] { (MariaEmail, OrganizationRole.Vendor), (BenEmail, OrganizationRole.Employee) })
        {
            await RunAsync(async provider => (await provider.GetRequiredService<AddMember>().HandleAsync(
                Caller.System(home), email, role, keysTo: null, cancellationToken)).Error);
        }

        ImportedAccount Account(string email, string first, string last, bool isProven) =>
            new(email, new PersonNames(first, last, null, null)) { PasswordHash = hash, EmailVerified = isProven };
    }

    /// <summary>Everything else.</summary>
    public async Task HandleAsync(CancellationToken cancellationToken)
    {
        (Maria, Ben) = (await IdAsync(MariaEmail, cancellationToken), await IdAsync(BenEmail, cancellationToken));
        await ChangeAsync(cancellationToken);
        await AskAsync(cancellationToken);
        await UnlessAnyAsync("customers.comments", CommentAsync, cancellationToken);
        await UnlessAnyAsync("customers.jobs", RunJobsAsync, cancellationToken);
        await UnlessAnyAsync("customers.merges", RepeatCustomersAsync, cancellationToken);
        await UnlessAnyAsync("customers.offers", OfferAsync, cancellationToken);
        await UnlessAnyAsync("customers.segments", SaveSegmentsAsync, cancellationToken);
    }

    // People without an account in the ERP, so that nothing owns their address.
    private async Task ChangeAsync(CancellationToken cancellationToken)
    {
        foreach (var number in Enumerable.Range(0, DemoCompany.Size).Where(number => number % 25 == 4))
        {
            await UpdateAsync(
                As(number % 2 == 0 ? Maria : Ben), number,
                new CustomerChanges(CustomerSchema.AddressLine2.With(Districts[number % Districts.Length])), cancellationToken);
        }
    }

    // Customers with an account change what the ERP owns: staff decide.
    private async Task AskAsync(CancellationToken cancellationToken)
    {
        foreach (var number in new[] { 1, 3, 13, 21 })
        {
            var user = await IdAsync(DemoPerson.Email(number), cancellationToken);
            var person = new Caller
            {
                UserId = user, OrganizationId = home, Origin = RequestOrigin.Local,
                Memberships = [new Membership(home, Number: 1, OrganizationRole.Customer)],
            };
            await UpdateAsync(
                person, number, new CustomerChanges(CustomerSchema.AddressLine1.With($"{number + 40} Harbour Road")), cancellationToken);
        }
    }

    private async Task CommentAsync(CancellationToken cancellationToken)
    {
        foreach (var (text, place) in Comments.Select((text, place) => (text, place)))
        {
            await RunAsync(async provider => (await provider.GetRequiredService<AddComment>().HandleAsync(
                As(place % 2 == 0 ? Maria : Ben), await ReferenceAsync(place / 2, cancellationToken), text, cancellationToken)).Error);
        }
    }

    private async Task RunJobsAsync(CancellationToken cancellationToken)
    {
        await RunJobAsync(As(Maria), JobKind.Verify, "city:berlin tag:premium", """{"phone":true}""", isConfirmed: true, cancellationToken);
        await RunJobAsync(
            As(Ben), JobKind.AddTags, "country:uk tag:retail", """{"tags":"autumn-fair"}""", isConfirmed: true, cancellationToken);
        await RunJobAsync(
            As(Maria), JobKind.Update, "country:germany tag:wholesale", """{"territory":"DACH"}""", isConfirmed: false, cancellationToken);
    }

    private async Task RunJobAsync(
        Caller caller, JobKind kind, string filter, string changes, bool isConfirmed, CancellationToken cancellationToken)
    {
        var criteria = new CustomerCriteria { Filter = filter };
        var job = await GetAsync(async provider => await provider.GetRequiredService<CreateJob>().HandleAsync(
            caller, new NewJob(kind, criteria, Ids: null, changes), cancellationToken));
        job = await WorkAsync(caller, job, cancellationToken);
        if (isConfirmed)
        {
            var confirmed = await GetAsync(async provider => await provider.GetRequiredService<ConfirmJob>().HandleAsync(
                caller, job.Id, job.Rows.WouldChange, cancellationToken));
            await WorkAsync(caller, confirmed, cancellationToken);
        }
    }

    private async Task<Job> WorkAsync(Caller caller, Job job, CancellationToken cancellationToken)
    {
        while (JobStates.IsWorking(job.State))
        {
            await services.GetRequiredService<JobRunner>().RunAsync(job, cancellationToken);
            job = await GetAsync(async provider =>
                await provider.GetRequiredService<ListJobs>().FindAsync(caller, job.Id, cancellationToken));
        }

        return job;
    }

    // Some customers were entered twice. One of them is merged; a scan finds the others.
    private async Task RepeatCustomersAsync(CancellationToken cancellationToken)
    {
        var twins = new[] { 7, 16, 29, 46, 57, 68 };
        foreach (var number in twins)
        {
            var again = DemoPerson.Create(number).And(
                CustomerSchema.Email.With($"again{number}@demo.example"), CustomerSchema.Tags.With([]), CustomerSchema.Notes.With(null),
                CustomerSchema.AddressLine1.With(DemoPerson.Street(number).ToUpperInvariant()));
            await RunAsync(async provider => (await provider.GetRequiredService<CreateCustomer>()
                .HandleAsync(As(Ben), again, [], cancellationToken)).Error);
        }

        await RunAsync(async provider => (await provider.GetRequiredService<ScanDuplicates>()
            .HandleAsync(As(Maria), threads: 2, _ => { }, cancellationToken)).Error);
        var survivor = await ReferenceAsync(twins[0], cancellationToken);
        var other = await IdOfAsync($"again{twins[0]}@demo.example", cancellationToken);
        await RunAsync(async provider => (await provider.GetRequiredService<MergeCustomers>()
            .HandleAsync(As(Maria), survivor, new MergeRequest([other]), cancellationToken)).Error);
    }

    private async Task OfferAsync(CancellationToken cancellationToken)
    {
        var lena = await IdAsync(LenaEmail, cancellationToken);
        await RunAsync(async provider => (await provider.GetRequiredService<OfferCustomer>().HandleAsync(
            As(Ben), lena, new CustomerChanges(
                CustomerSchema.FirstName.With("Lena"), CustomerSchema.LastName.With("Vogel"), CustomerSchema.City.With("Hamburg"),
                CustomerSchema.Country.With("Germany")), cancellationToken)).Error);
    }

    private async Task SaveSegmentsAsync(CancellationToken cancellationToken)
    {
        foreach (var segment in new[]
        {
            new NewSegment("Premium in Berlin", "city:berlin tag:premium", IsPrivate: false),
            new NewSegment("In the ERP, without an account", "has:erp -has:account is:active", IsPrivate: false),
            new NewSegment("My prospects in Harare", "city:harare status:prospect", IsPrivate: true),
        })
        {
            await RunAsync(async provider => (await provider.GetRequiredService<CreateSegment>().HandleAsync(
                As(await IdAsync(DemoSettings.StaffEmail, cancellationToken)), segment, cancellationToken)).Error);
        }
    }

    private Caller As(Guid user) => new() { UserId = user, IsAdmin = true, OrganizationId = home, Origin = RequestOrigin.Local };

    private async Task UpdateAsync(Caller caller, int number, CustomerChanges changes, CancellationToken cancellationToken)
    {
        var reference = await ReferenceAsync(number, cancellationToken);
        await RunAsync(async provider => (await provider.GetRequiredService<UpdateCustomer>()
            .HandleAsync(caller, reference, new CustomerUpdate(changes), cancellationToken)).Error);
    }

    private Task<string> ReferenceAsync(int number, CancellationToken cancellationToken) =>
        IdOfAsync(DemoPerson.Email(number), cancellationToken);

    private Task<string> IdOfAsync(string email, CancellationToken cancellationToken) => GetAsync(async provider =>
        (await provider.GetRequiredService<FindCustomer>().HandleAsync(
            Caller.System(home), new CustomerLookup.ByEmail(email), cancellationToken)).Select(customer => customer.CustomerId));

    private async Task<Guid> IdAsync(string email, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<AccountsByEmail>()
            .FindAsync(home, [EmailAddress.KeyOf(email)], cancellationToken);
        return found.Count == 1 ? found[0].Id : throw new CannotStartException($"The demo has no account of {email}.");
    }

    private async Task UnlessAnyAsync(string table, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<DatabaseSession>()
            .QueryAsync($"SELECT EXISTS (SELECT FROM {table})", row => row.Flag(), cancellationToken);
        if (found is [false])
        {
            await work(cancellationToken);
        }
    }

    private async Task RunAsync(Func<IServiceProvider, Task<Error?>> work)
    {
        await using var scope = services.CreateAsyncScope();
        PrepareDemo.ThrowIfRefused(await work(scope.ServiceProvider));
    }

    private async Task<T> GetAsync<T>(Func<IServiceProvider, Task<Result<T>>> work)
    {
        await using var scope = services.CreateAsyncScope();
        var result = await work(scope.ServiceProvider);
        PrepareDemo.ThrowIfRefused(result.Error);
        return result.Value;
    }
}
