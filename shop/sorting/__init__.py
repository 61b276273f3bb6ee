"""Albums, who is on which photo, and the trash: what staff do with the photos of a job.

Every function takes the job that its caller may change, and touches rows of that job only; numbers
of other rows are as good as none. Whatever it does to many photos can be taken back (`steps`).
"""
