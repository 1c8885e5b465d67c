using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Shared.Callers;

namespace Patron.Demo;

/// <summary>A fictitious company with 2 000 customers, the same at every run. They are created by the use case that staff use.</summary>
internal static class DemoCompany
{
    public const int Size = 2_000;

    /// <summary>Creates the customers if the caller's organization has none, and returns how many were created.</summary>
    public static async Task<int> FillAsync(IServiceProvider services, Caller caller, CancellationToken cancellationToken)
    {
        await using (var scope = services.CreateAsyncScope())
        {
            var page = await scope.ServiceProvider.GetRequiredService<ListCustomers>()
                .HandleAsync(caller, new CustomerListQuery { Limit = 1 }, cancellationToken);
            if (page.Value.Total > 0)
            {
                return 0;
            }
        }

        var created = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Size), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (number, token) =>
        {
            await using var scope = services.CreateAsyncScope();
            var result = await scope.ServiceProvider.GetRequiredService<CreateCustomer>()
                .HandleAsync(caller, DemoPerson.Create(number), [], token);
            if (result.Error is null && Interlocked.Increment(ref created) % 200 == 0)
            {
                Console.Error.WriteLine($"Demo company: {created} of {Size} customers");
            }
        });
        return created;
    }
}
