using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Customers;

/// <summary>What is read by hand is what EF's model says.</summary>
public sealed class CustomerRowTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_customer_read_by_hand_is_the_one_that_EF_reads()
    {
        var made = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        // Every column has a value of its own: whatever is taken for another one shows.
        await app.CustomersSqlAsync<object>(
            """
            DO $$
            DECLARE col record; number int := 0; assignments text[];
            BEGIN
                FOR col IN SELECT * FROM information_schema.columns WHERE table_schema = 'customers' AND table_name = 'customers' AND is_generated = 'NEVER'
                    AND column_name NOT IN ('id', 'uid', 'organization_id', 'customer_id', 'code', 'is_deleted', 'deleted_at') LOOP
                    number := number + 1;
                    assignments := assignments || format('%I = %L', col.column_name, CASE
                        WHEN col.column_name IN ('customer_type', 'claim', 'standing', 'preferred_contact_method', 'link_evidence') THEN
                            CASE col.column_name WHEN 'customer_type' THEN 'company' WHEN 'claim' THEN 'released' WHEN 'standing' THEN 'prospect' WHEN 'link_evidence' THEN 'accepted' ELSE 'sms' END
                        WHEN col.data_type = 'text' THEN 'text' || number
                        WHEN col.data_type = 'boolean' THEN (number % 2 = 0)::text
                        WHEN col.data_type IN ('integer', 'bigint') THEN number::text
                        WHEN col.data_type = 'uuid' THEN '00000000-0000-0000-0000-' || lpad(number::text, 12, '0')
                        WHEN col.data_type = 'date' THEN ('1990-01-01'::date + number)::text
                        WHEN col.data_type = 'ARRAY' THEN '{tag' || number || '}'
                        WHEN col.data_type = 'jsonb' THEN '{"number": ' || number || '}'
                        ELSE ('2024-01-01'::timestamptz + number * interval '1 day')::text END);
                END LOOP;
                EXECUTE 'UPDATE customers.customers SET ' || array_to_string(assignments, ', ');
            END $$
            """);

        await using var scope = app.Customers.Services.CreateAsyncScope();
        var uid = made.GetProperty("uid").GetGuid();
        var byEf = await scope.ServiceProvider.GetRequiredService<CustomersContext>().Customers.AsNoTracking().SingleAsync(customer => customer.Uid == uid);
        var byHand = await scope.ServiceProvider.GetRequiredService<FindCustomer>().HandleAsync(
            Caller.System(app.Home()), new CustomerLookup.ById(uid.ToString()), CancellationToken.None);
        Assert.Equal(JsonSerializer.Serialize(byEf), JsonSerializer.Serialize(byHand.Value));
        Assert.Equal(("text", "sms"), (byHand.Value.Details.Notes?[..4], byHand.Value.Details.PreferredContactMethod.ToString()!.ToLowerInvariant()));
    }
}
