using Npgsql;
using Patron.Erp.Partners;
using Patron.Shared.Text;

namespace Patron.IntegrationTests.Sync;

/// <summary>The transitions of partner states are the same in the program and in the database.</summary>
public sealed class PartnerStateTests(TestDatabase database)
{
    [Fact]
    public async Task Database_and_program_allow_the_same_transitions()
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
                Assert.True(PartnerStatus.CanTransition(from, to) == await IsAllowedAsync(world, to), $"{from} -> {to}");
            }
        }
    }

    private static async Task<bool> IsAllowedAsync(SyncWorld world, PartnerState to)
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
