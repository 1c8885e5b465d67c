using Npgsql;
using Patron.Erp.Partners;
using Patron.Shared.Text;

namespace Patron.IntegrationTests.Sync;

/// <summary>The ways from one state of a partner to another are the same in the program and in the database.</summary>
public sealed class PartnerStateTests(TestDatabase database)
{
    [Fact]
    public async Task The_database_lets_a_partner_become_what_the_program_may_make_of_it_and_nothing_else()
    {
        await using var world = await SyncWorld.StartAsync(database);
        foreach (var from in Enum.GetValues<PartnerState>())
        {
            foreach (var to in Enum.GetValues<PartnerState>())
            {
                await world.CustomersSqlAsync<object>("DELETE FROM erp.partners");
                await world.CustomersSqlAsync<object>("""
                    INSERT INTO erp.partners (source, external_id, organization_id, rank, state, reason, is_active, first_seen_at, last_seen_at)
                    SELECT 'odoo', '7', gen_random_uuid(), 7, $1, CASE WHEN $1 IN ('skipped', 'conflict', 'error') THEN 'reason' END, true, now(), now()
                    """, EnumNames<PartnerState>.Of(from));
                Assert.True(PartnerStatus.CanTransition(from, to) == await IsTakenAsync(world, to), $"{from} -> {to}");
            }
        }
    }

    private static async Task<bool> IsTakenAsync(SyncWorld world, PartnerState to)
    {
        try
        {
            await world.CustomersSqlAsync<object>(
                "UPDATE erp.partners SET state = $1, reason = CASE WHEN $1 IN ('skipped', 'conflict', 'error') THEN 'reason' END", EnumNames<PartnerState>.Of(to));
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.CheckViolation)
        {
            return false;
        }
    }
}
