using Patron.Customers.Jobs;

namespace Patron.UnitTests.Customers.Jobs;

public sealed class JobRulesTests
{
    [Theory]
    [InlineData(JobState.Expired, JobState.Applying)]
    [InlineData(JobState.Applied, JobState.Applying)]
    [InlineData(JobState.Applied, JobState.Cancelled)]
    [InlineData(JobState.Undone, JobState.Undoing)]
    [InlineData(JobState.Ready, JobState.Undoing)]
    [InlineData(JobState.Previewing, JobState.Applying)]
    public void Job_does_not_become_what_it_must_not(JobState from, JobState to)
    {
        Assert.False(JobStates.MayFollow(from, to));
        Assert.Throws<InvalidOperationException>(() => JobStates.Follow(from, to));
    }

    [Fact]
    public void Every_state_but_the_first_is_reached_and_every_working_one_is_left()
    {
        var all = Enum.GetValues<JobState>();
        Assert.All(all.Skip(1), state => Assert.Contains(all, from => JobStates.MayFollow(from, state)));
        Assert.All(all.Where(JobStates.IsWorking), state => Assert.Contains(all, to => JobStates.MayFollow(state, to)));
    }

    [Fact]
    public void Batches_grow_and_shrink_until_locks_are_held_for_25_ms_within_their_bounds()
    {
        var size = new BatchSize();
        for (var batch = 0; batch < 20; batch++)
        {
            size.Adapt(size.AtMost(BatchSize.Max), TimeSpan.FromMilliseconds(0.05 * size.AtMost(BatchSize.Max)));
        }

        Assert.InRange(size.AtMost(BatchSize.Max), 450, 550); // 0.05 ms for each customer.
        size.Adapt(500, TimeSpan.FromSeconds(10));
        Assert.InRange(size.AtMost(BatchSize.Max), 100, 150);
        for (var batch = 0; batch < 20; batch++)
        {
            size.Adapt(size.AtMost(BatchSize.Max), TimeSpan.FromSeconds(10));
        }

        Assert.Equal((50, 1), (size.AtMost(BatchSize.Max), size.AtMost(1)));
    }

    [Fact]
    public void Few_customers_of_a_batch_do_not_change_the_size()
    {
        var size = new BatchSize();
        size.Adapt(3, TimeSpan.FromSeconds(1));
        Assert.Equal(200, size.AtMost(BatchSize.Max));
    }

    [Fact]
    public void Values_that_people_type_do_not_stay() => Assert.Equal(
        """{"marketing_emails":false,"tags":"a,b","customer_group":"Gold","preferred_contact_method":"email"}""",
        JobValues.WithoutTyped(
            """{"marketing_emails":false,"notes":"x","tags":"a,b","city":"y","date_of_birth":"2000-01-01","customer_group":"Gold","notification_preferences":{},"preferred_contact_method":"email"}"""));

    [Theory]
    [InlineData("a,B", "b,C", "a,B,C", "a")]
    [InlineData("", "x", "x", "")]
    [InlineData("Straße", "STRASSE", "Straße,STRASSE", "Straße")]
    public void Tags_are_compared_without_case(string tags, string given, string with, string without)
    {
        var (old, changed) = (Split(tags), Split(given));
        Assert.Equal(Split(with), TagKind.With(old, changed));
        Assert.Equal(Split(without), TagKind.Without(old, changed));
    }

    private static string[] Split(string tags) => tags.Length == 0 ? [] : tags.Split(',');
}
