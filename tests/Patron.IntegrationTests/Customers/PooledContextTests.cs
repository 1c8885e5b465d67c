using System.Data;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Customers;

/// <summary>Pooled contexts share the connection of the request: state of one request must not reach the next one.</summary>
public sealed class PooledContextTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const int Leases = 5;

    [Fact]
    public async Task Pooled_context_holds_no_connection_after_use()
    {
        var caller = Caller.System(app.Home());
        for (var lease = 0; lease < Leases; lease++)
        {
            await using var scope = app.Customers.Services.CreateAsyncScope();
            var session = scope.ServiceProvider.GetRequiredService<DatabaseSession>();
            var created = await scope.ServiceProvider.GetRequiredService<CreateCustomer>().HandleAsync(
                caller, new CustomerChanges(CustomerSchema.Name.With("Tech Corp"), CustomerSchema.Email.With("once@tests.example")), [], CancellationToken.None);
            Assert.Equal(lease == 0, created.Error is null); // From the second on the address is taken, so the transaction is rolled back.
            Assert.Equal(ConnectionState.Closed, session.Connection.State);

            await scope.ServiceProvider.GetRequiredService<FindCustomer>().HandleAsync(caller, new CustomerLookup.ById("CUST_00000000"), CancellationToken.None);
            Assert.Equal(ConnectionState.Closed, session.Connection.State);
        }
    }
}
