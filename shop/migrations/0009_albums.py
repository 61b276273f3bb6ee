"""Cards, who tied a person to a photo, and what can be taken back."""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

photos_in = importlib.import_module('shop.migrations.0007_photos_in')


class Migration(migrations.Migration):

    dependencies = [
        ('jobstatus', '0002_history_is_final'),
        ('shop', '0008_uploads'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(photos_in.stop_counting, photos_in.count_again),
        migrations.CreateModel(
            name='SortingStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('kind', models.CharField(choices=[('hidden', 'Hidden'), ('group', 'Group'), ('moved', 'Moved'), ('tied', 'Tied'), ('trashed', 'Trashed'), ('no_card', 'No Card')], max_length=10, verbose_name='kind')),
                ('text', models.CharField(max_length=300, verbose_name='what')),
                ('rows', models.JSONField(default=dict, verbose_name='rows')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='taken back')),
            ],
            options={
                'verbose_name': 'sorting step',
                'verbose_name_plural': 'sorting steps',
            },
        ),
        migrations.AddField(
            model_name='appearance',
            name='by_card',
            field=models.BooleanField(default=False, editable=False, verbose_name='by a card'),
        ),
        migrations.AddField(
            model_name='photo',
            name='card_code',
            field=models.CharField(blank=True, editable=False, max_length=13, verbose_name='access code on the card'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('card_code', ''), _negated=True), fields=['album'], name='cards_of_an_album'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(('card_code', ''), ('is_hidden', True), _connector='OR'), name='a_card_is_never_shown'),
        ),
        migrations.AddField(
            model_name='sortingstep',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='sortingstep',
            name='job',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sorting_steps', to='jobstatus.job', verbose_name='job'),
        ),
        migrations.RunPython(photos_in.count_again, photos_in.stop_counting),
    ]
