using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Shared.Callers;

namespace Patron.Demo;

/// <summary>A made-up company with some 2 000 customers, the same at every run, entered through the use case that staff use.</summary>
internal static class DemoCompany
{
    private const int Size = 2_000;

    /// <summary>Fills the caller's organization where it has no customer yet; answers how many were made.</summary>
    public static async Task<int> FillAsync(IServiceProvider services, Caller caller, CancellationToken cancellationToken)
    {
        await using (var scope = services.CreateAsyncScope())
        {
            var page = await scope.ServiceProvider.GetRequiredService<ListCustomers>().HandleAsync(caller, new CustomerListQuery { Limit = 1 }, cancellationToken);
            if (page.Value.Total > 0)
            {
                return 0;
            }
        }

        var made = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Size), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (number, token) =>
        {
            await using var scope = services.CreateAsyncScope();
            var result = await scope.ServiceProvider.GetRequiredService<CreateCustomer>().HandleAsync(caller, DemoPerson.Make(number), [], token);
            if (result.Error is null && Interlocked.Increment(ref made) % 200 == 0)
            {
                Console.Error.WriteLine($"Demo company: {made} of {Size} customers");
            }
        });
        return made;
    }
}
