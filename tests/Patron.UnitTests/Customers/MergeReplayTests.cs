using FsCheck;
using FsCheck.Fluent;

namespace Patron.UnitTests.Customers;

/// <summary>The undo of merges as a function (linking.md, 'Merge').</summary>
public class MergeReplayTests
{
    [Fact]
    public void Any_sequence_of_edits_merges_and_undos_equals_the_one_without_the_undone_merges() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(3000),
            Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            {
                new MergeWorld(seed).Run(length: 25);
                return true;
            }));
}
